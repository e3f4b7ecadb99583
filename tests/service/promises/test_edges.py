"""The days and moments that are just allowed of promises: to the day, and to the second."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.lib.errors import Refused, Stale
from service import operations
from service.models import Delivery, ServiceRequest, SlaPolicy, Survey
from service.policies import write_version
from service.promises import commitments, consents, reports, sessions, surveys
from service.rules import DEFAULT_TABLE
from service.visits.signing import sign_visit
from tests.chain import AT, ON, accepted, day, signed, verbs
from tests.pictures import drawn

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# Reports


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026-11-22", "2026-11-22"),
        ("2021-12-01", "2022-01-10"),  # up to the day of signing
        ("2016-11-14", "2026-11-22"),  # 3660 days
    ],
)
def test_the_shortest_the_latest_the_earliest_and_the_longest_report(first, last, manager):
    report = reports.make_report(
        contract=accepted(), first_day=day(first), last_day=day(last), summary="s", with_quote=True, by=manager,
        at=AT, on=ON,
    )  # fmt: skip
    assert (str(report.first_day), str(report.last_day), report.made_by, report.made_on) == (first, last, manager, ON)
    assert (report.summary, report.with_quote, verbs(report)) == ("s", True, ["created"])


def test_a_report_of_a_day_longer_or_before_signing_is_refused(manager):
    make = {"contract": accepted(), "by": manager, "at": AT, "on": ON}
    for first, last in (("2016-11-13", "2026-11-22"), ("2021-12-01", "2022-01-09")):
        with pytest.raises(Refused):
            reports.make_report(first_day=day(first), last_day=day(last), **make)


# Remote access


@pytest.fixture
def ask(engineer):
    def asked(**values):
        given = {
            "contract": accepted(), "system": "Search", "purpose": "Index", "engineer": engineer,
            "starts_at": AT + HOUR, "ends_at": AT + 3 * HOUR, "by": engineer, "at": AT,
        }  # fmt: skip
        return consents.ask_access(**given | values)

    return asked


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "allowed"),
    [
        (AT - HOUR, AT, False),
        (AT - HOUR, AT + SECOND, True),
        (AT + HOUR, AT + HOUR, False),
        (AT + HOUR, AT + HOUR + 31 * DAY, True),
        (AT + HOUR, AT + HOUR + 31 * DAY + SECOND, False),
    ],
)
def test_how_long_access_may_be_asked_for(starts_at, ends_at, allowed, ask):
    if allowed:
        assert ask(starts_at=starts_at, ends_at=ends_at).ends_at == ends_at
        return
    with pytest.raises(Refused) as no:
        ask(starts_at=starts_at, ends_at=ends_at)
    assert no.value.field == "ends_at"


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (AT + HOUR - SECOND, False),
        (AT + HOUR, True),
        (AT + 3 * HOUR - SECOND, True),
        (AT + 3 * HOUR, False),
    ],
)
def test_access_begins_with_its_first_moment_and_is_over_with_its_last(moment, inside, ask, engineer):
    access = ask()
    assert not sessions.may_be_used(access, moment), "nobody agreed yet"
    consents.agree_to_consent(consent=access, name="王女士", by=None, at=AT)
    access.refresh_from_db()
    assert sessions.may_be_used(access, moment) is inside
    if inside:
        sessions.start_session(access=access, by=engineer, at=moment)
        return
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=engineer, at=moment)
    assert no.value.code == "time"


@pytest.mark.parametrize(("moment", "in_time"), [(AT + 3 * HOUR - SECOND, True), (AT + 3 * HOUR, False)])
def test_a_customer_may_agree_until_the_time_itself_is_over(moment, in_time, ask):
    access = ask()
    answer = {"consent": access, "name": f" {'n' * 120}", "by": None, "at": moment}
    if in_time:
        consents.agree_to_consent(**answer)
        access.refresh_from_db()
        assert (access.status, access.answered_by, access.channel) == ("agreed", "n" * 100, "link")
        return
    with pytest.raises(Refused) as no:
        consents.agree_to_consent(**answer)
    assert no.value.code == "expired"


@pytest.mark.parametrize(("days", "written"), [(-1, True), (0, True), (1, False)])
def test_a_project_manager_changes_on_the_day_agreed_and_not_before(days, written, manager):
    contract = accepted(project_manager="张磊", manager=manager)
    change = consents.ask_manager_change(
        contract=contract, incoming="何敏", reason="x", effective_on=ON + days * DAY, by=manager, at=AT
    )
    consents.agree_to_consent(consent=change, name="王女士", by=None, at=AT)
    contract.refresh_from_db()
    assert contract.project_manager == ("何敏" if written else "张磊")
    assert bool(consents.effect_due(ON + DAY)) is not written
    assert consents.effect_due(ON) == []


# Commitments


def test_what_was_given_until_today_is_written_down_and_confirmed_today(manager, engineer):
    contract = signed(manager=manager, go_live_on=day("2026-10-01"))
    given = {"contract": contract, "kind": "training", "title": "x", "first_day": ON - DAY, "last_day": ON}
    delivery = commitments.save_delivery(delivery=Delivery(), values=given, by=engineer, at=AT, on=ON)
    assert (delivery.days, delivery.last_day) == (2, ON)
    one = {"contract": contract, "kind": "training", "title": "y", "first_day": ON, "last_day": None}
    delivery = commitments.save_delivery(delivery=Delivery(), values=one, by=engineer, at=AT, on=ON)
    assert (delivery.days, delivery.last_day) == (1, ON)
    with pytest.raises(Refused) as no:
        commitments.save_delivery(delivery=Delivery(), values=one | {"first_day": ON + DAY}, by=engineer, at=AT, on=ON)
    assert no.value.field == "last_day"


# Surveys


@pytest.fixture
def survey(taken, desk, engineer):
    request = taken()
    operations.resolve_request(request=request, solution="x", by=engineer, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    return Survey.objects.get()


@pytest.mark.parametrize(("score", "complaint"), [(1, True), (2, True), (3, False), (5, False)])
def test_up_to_two_of_five_is_a_complaint(score, complaint, survey):
    surveys.answer_survey(
        survey=survey, score=score, comment=f" {'c' * 2010}", name=f" {'n' * 120}", by=None, at=AT
    )  # fmt: skip
    survey.refresh_from_db()
    assert (survey.complaint is not None) is complaint
    assert ServiceRequest.objects.filter(request_class="complaint").exists() is complaint
    assert (survey.comment, survey.answered_by, survey.channel) == ("c" * 2000, "n" * 100, "link")
    assert (survey.answered_at, survey.taken_by) == (AT, None)


@pytest.mark.parametrize(("days", "in_time"), [(21, True), (22, False)])
def test_a_link_takes_an_answer_on_its_last_day(days, in_time, survey, desk):
    assert survey.expires_on == ON + 21 * DAY
    assert surveys.expire_surveys(on=ON + days * DAY, at=AT) == (0 if in_time else 1)
    survey.refresh_from_db()
    answer = {"survey": survey, "score": 5, "at": AT + days * DAY}
    if not in_time:
        with pytest.raises(Refused) as no:
            surveys.answer_survey(by=None, **answer)
        assert no.value.code == "expired"
    surveys.answer_survey(by=None if in_time else desk, **answer)
    assert survey.status == "answered"


@pytest.mark.parametrize(("days", "asked"), [(29, 0), (30, 1), (60, 1), (61, 0)])
def test_a_year_of_coverage_is_asked_about_a_month_or_two_before_its_end(days, asked):
    contract = accepted(day("2026-01-15"))
    assert surveys.ask_yearly(on=day("2027-01-15") - days * DAY, at=AT) == asked
    assert Survey.objects.filter(contract=contract, year_ends=day("2027-01-15")).count() == asked


def test_a_survey_is_withdrawn_with_its_reason(survey, director):
    with pytest.raises(Refused) as no:
        surveys.withdraw_survey(survey=survey, reason=" ", by=director, at=AT)
    assert no.value.field == "reason"
    with pytest.raises(Stale):
        surveys.withdraw_survey(survey=Survey.objects.get(), reason="x", by=director, at=AT, seen=99)
    surveys.withdraw_survey(survey=Survey.objects.get(), reason="asked twice", by=director, at=AT)
    assert events_of(survey).get(verb="withdrawn").note == "asked twice"
    assert not Todo.objects.filter(kind="survey_by_phone", done_at=None).exists()


# Policies and signatures


@pytest.mark.parametrize(("valid_from", "later"), [("2026-01-01", False), ("2026-01-02", True)])
def test_a_new_wording_is_in_force_later_than_the_one_before(valid_from, later):
    policy = SlaPolicy.objects.create(name="Own")
    write_version(policy=policy, table=DEFAULT_TABLE, valid_from=day("2026-01-01"), by=None, at=AT)
    if later:
        assert write_version(
            policy=policy, table=DEFAULT_TABLE, valid_from=day(valid_from), by=None, at=AT
        ).number == 2  # fmt: skip
        return
    with pytest.raises(Refused) as no:
        write_version(policy=policy, table=DEFAULT_TABLE, valid_from=day(valid_from), by=None, at=AT)
    assert no.value.field == "valid_from"


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_visit_is_signed_between_its_day_and_today(days, allowed, held):
    visit = held()
    given = {
        "visit": visit, "signer": "Ms Wang", "signed_on": ON + days * DAY,
        "signature": ContentFile(drawn(60, 20), name="s.png"), "by": visit.engineer, "at": AT + 2 * DAY,
    }  # fmt: skip
    if allowed:
        sign_visit(**given)
        assert (visit.status, visit.signed_on) == ("signed", ON + days * DAY)
        return
    with pytest.raises(Refused) as no:
        sign_visit(**given)
    assert no.value.field == "signed_on"
