"""How content customers are: asked after the work, answered once, and never by who did it."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from service import operations
from service.models import ServiceRequest, Survey
from service.promises import surveys
from service.watch import pass_day
from tests.chain import AT, ON, accepted, at, day, paid_term, verbs
from tests.factories import UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def asked(taken, desk, engineer):
    """A request was solved by the engineer and closed."""

    def done(contract=None, **values):
        request = taken(contract, **values)
        operations.resolve_request(request=request, solution="x", by=engineer, at=AT)
        operations.close_request(request=request, by=desk, at=AT)
        return Survey.objects.filter(request=request).first()

    return done


def answer(survey, score=5, by=None, **values):
    surveys.answer_survey(survey=survey, score=score, by=by, **{"at": AT} | values)


# Asked


def test_a_closed_request_is_asked_about(asked, engineer):
    survey = asked()
    assert (survey.cause, survey.about, survey.status) == ("request", engineer, "asked")
    mail = OutgoingMail.objects.get(kind="survey_asked")
    assert surveys.link_of(survey) in words_of(mail)
    assert surveys.survey_behind(surveys.token_of(survey)) == survey


def test_the_same_thing_twice_is_asked_about_once(taken, desk):
    contract = accepted()
    first, second = taken(contract), taken(contract)
    operations.merge_requests(request=second, into=first, by=desk, at=AT)
    assert not Survey.objects.exists()


def test_a_reported_inspection_is_asked_about(engineer):
    inspection = Inspection.objects.filter(action__contract=accepted(engineer=engineer)).first()
    inspection.engineer = engineer
    inspection.save()
    report_inspection(
        inspection=inspection, visited_on=day("2026-03-02"), result=InspectionResult.NORMAL, findings="", by=engineer,
        at=at(day("2026-03-02")), on=day("2026-03-02"),
    )  # fmt: skip
    survey = Survey.objects.get()
    assert (survey.cause, survey.inspection, survey.about) == ("inspection", inspection, engineer)


def test_once_a_year_in_the_month_before_the_year_of_coverage_ends():
    ends_soon = accepted(day("2026-01-15"))  # until 2027-01-15
    accepted(day("2026-06-15"))
    for on, count in (("2026-11-15", 0), ("2026-11-16", 1), ("2026-11-17", 1), ("2026-12-20", 1)):
        surveys.ask_yearly(on=day(on), at=at(day(on)))
        assert Survey.objects.count() == count, on
    survey = Survey.objects.get()
    assert (survey.contract, survey.cause, survey.year_ends) == (ends_soon, "yearly", day("2027-01-15"))


def test_a_term_of_several_years_is_asked_about_in_each():
    contract = accepted(day("2023-01-15"))
    paid_term(contract, "700000.00", months=36)  # until 2027-01-15
    for year in (2024, 2025, 2026):
        surveys.ask_yearly(on=day(f"{year}-12-01"), at=at(day(f"{year}-12-01")))
    assert [each.year_ends.year for each in Survey.objects.order_by("year_ends")] == [2025, 2026, 2027]


def test_nobody_is_asked_about_what_is_over_or_was_terminated():
    accepted(day("2024-01-15"))
    contract = accepted(day("2026-01-15"))
    contract.status = "terminated"
    contract.save()
    assert surveys.ask_yearly(on=ON, at=AT) == 0


def test_whom_no_mail_reaches_is_called(asked):
    survey = asked(accepted(contact=None), contact=None)
    todo = Todo.objects.get(kind="survey_by_phone")
    assert (todo.role, todo.target) == ("service_manager", survey)


# Answered


def test_an_answer_counts_once(asked):
    survey = asked()
    answer(survey, 4, comment=" Fine ", name="王女士")
    survey.refresh_from_db()
    assert (survey.status, survey.score, survey.comment, survey.channel) == ("answered", 4, "Fine", "link")
    with pytest.raises(Refused) as no:
        answer(survey, 1)
    assert no.value.code == "wrong_state"
    assert verbs(survey) == ["asked", "survey_answered"]


@pytest.mark.parametrize("score", [0, 6, -1])
def test_there_are_five_answers(asked, score):
    with pytest.raises(Refused) as no:
        answer(asked(), score)
    assert no.value.field == "score"


def test_a_phone_call_counts_as_much_but_not_by_who_did_the_work(asked, engineer, desk):
    survey = asked(assignee=desk)
    with pytest.raises(Refused) as no:
        answer(survey, by=desk)
    assert no.value.code == "own_work"
    with pytest.raises(NotAllowed):
        answer(survey, by=engineer)
    colleague = UserFactory(role="service_manager")
    answer(survey, 5, by=colleague, name="王女士")
    assert (survey.channel, survey.taken_by) == ("phone", colleague)


def test_who_solved_it_did_the_work_whoever_it_was_assigned_to(taken, desk, engineer):
    request = taken(assignee=engineer)
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    with pytest.raises(Refused) as no:
        answer(Survey.objects.get(), by=desk)
    assert no.value.code == "own_work"


def test_a_bad_score_becomes_a_complaint_with_its_own_clock(asked):
    survey = asked()
    answer(survey, 2, comment="It broke again", name="王女士")
    complaint = ServiceRequest.objects.get(request_class="complaint")
    assert (survey.complaint, complaint.contract, complaint.assignee) == (complaint, survey.contract, None)
    assert complaint.respond_by == AT + DAY
    assert complaint.description == "It broke again"
    assert survey.request.number in complaint.title
    assert Todo.objects.filter(kind="request_to_answer", target_id=complaint.pk, role="service_manager").exists()


def test_what_became_of_a_bad_score_is_not_asked_about_again(asked, desk):
    survey = asked()
    answer(survey, 1)
    operations.resolve_request(request=survey.complaint, solution="We met", by=desk, at=AT)
    operations.close_request(request=survey.complaint, by=desk, at=AT)
    assert Survey.objects.count() == 1


def test_after_its_day_the_link_is_over_but_a_call_is_not(asked):
    survey = asked()
    late = AT + 22 * DAY
    with pytest.raises(Refused) as no:
        answer(survey, at=late)
    assert no.value.code == "expired"
    pass_day(late)
    survey.refresh_from_db()
    assert survey.status == "expired"
    answer(survey, by=UserFactory(role="service_manager"), at=late)
    assert survey.status == "answered"


def test_a_withdrawn_question_takes_no_answer(asked, director):
    survey = asked()
    with pytest.raises(Refused):
        surveys.withdraw_survey(survey=survey, reason="", by=director, at=AT)
    surveys.withdraw_survey(survey=survey, reason="Asked twice", by=director, at=AT)
    with pytest.raises(Refused):
        answer(survey)


def test_of_two_who_take_it_down_the_second_is_told(asked):
    survey = asked()
    same = Survey.objects.get(pk=survey.pk)
    answer(survey, by=UserFactory(role="service_manager"), seen=0)
    with pytest.raises(Stale):
        answer(same, by=UserFactory(role="service_manager"), seen=0)
