"""The log of events: found by person, record, verb and day, read in one's own words, taken away, never changed."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.accounts.models import Role
from base.audit import guards
from base.chatter.models import Event
from base.chatter.operations import change, record
from contracts.customers import merge_customers
from tests.chain import AT, accepted, at, cny, day, renewed
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def lines(answer):
    """The records on screen."""
    return [event.about for event in answer.context["listing"].records]


def test_old_and_new_are_read_in_ones_own_language(enter, director):
    contract = accepted()
    change(contract, {"amount": cny("900000.00"), "renewal_mode": "manual"}, by=director, at=AT)

    shown = enter("auditor").get("/events/").content.decode()
    assert "CNY 1,200,000.00" in shown
    assert "CNY 900,000.00" in shown
    assert "by hand" in shown
    assert str(director) in shown

    reader = enter(UserFactory(role="auditor", language="zh-hans"))
    shown = reader.get("/events/").content.decode()
    assert "¥900,000.00" in shown
    assert "手工" in shown


def test_events_are_found_by_what_they_are_about(enter):
    quote = renewed(accepted(number="WB-2023-0007"))
    other = accepted(number="XX-1")
    auditor = enter("auditor")

    about = lines(auditor.get("/events/?q=WB-2023-0007"))

    assert quote.contract in about
    assert quote in about
    assert other not in about


def test_events_are_narrowed_by_person_kind_verb_and_day(enter, director):
    contract = accepted(day("2026-01-15"))
    change(contract, {"note": "x"}, by=director, at=at(day("2026-03-01")))
    auditor = enter("auditor")
    url = "/events/"

    assert lines(auditor.get(f"{url}?by={director.pk}")) == [contract]
    assert lines(auditor.get(f"{url}?at_after=2026-02-01&at_before=2026-03-01")) == [contract]
    assert lines(auditor.get(f"{url}?verb=accepted")) == [contract]
    kind = Event.objects.filter(verb="accepted").get().target_type_id
    assert set(lines(auditor.get(f"{url}?target_type={kind}"))) == {contract}
    assert director not in [event.by for event in auditor.get(f"{url}?quick=itself").context["listing"].records]


def test_what_is_gone_is_still_in_the_log(enter, director):
    keep, drop = CustomerFactory(name="Keep"), CustomerFactory(name="Drop")
    record(drop, "changed", by=director, at=AT)
    merge_customers(keep=keep, drop=drop, by=director, at=AT)

    shown = enter("auditor").get("/events/").content.decode()

    assert f"no longer there ({drop.pk or Event.objects.earliest('pk').target_id})" in shown
    assert "Drop" in shown


def test_one_event_has_all_of_its_changes(enter, director):
    contract = accepted()
    names = ("note", "project", "project_manager", "snooze_reason", "manager_name")
    change(contract, {name: f"new {name}" for name in names}, by=director, at=AT)
    event = Event.objects.latest("pk")
    auditor = enter("auditor")

    assert "and 2 more" in auditor.get("/events/").content.decode()
    sheet = auditor.get(f"/events/{event.pk}/").content.decode()
    assert all(f"new {name}" in sheet for name in names)


def test_the_log_is_taken_away_as_it_is_on_screen(enter, director):
    contract = accepted(number="WB-1")
    change(contract, {"amount": cny("900000.00")}, by=director, at=AT)

    answer = enter("director").get("/events/export.csv?verb=changed")

    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["Contract WB-1"]
    assert "Amount: CNY 1,200,000.00 → CNY 900,000.00" in rows[1][4]


def test_nothing_on_the_log_can_be_changed(enter):
    accepted()
    event = Event.objects.latest("pk")
    auditor = enter("auditor")
    for path in ("new/", f"{event.pk}/edit/", f"{event.pk}/message/"):
        assert auditor.post(f"/events/{path}").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_only_auditor_and_director_read_it(enter, role):
    expected = 200 if role in (Role.AUDITOR, Role.DIRECTOR) else 403
    assert enter(role).get("/events/").status_code == expected


def test_three_events_take_as_many_queries_as_one(enter, director):
    auditor = enter("auditor")
    contract = accepted()
    with guards.lifted(connection):
        Event.objects.all()._raw_delete("default")
    record(contract, "changed", by=director, at=AT)
    auditor.get("/events/")
    with CaptureQueriesContext(connection) as one:
        auditor.get("/events/")
    for _event in range(3):
        record(contract, "changed", by=UserFactory(), at=AT)
    with CaptureQueriesContext(connection) as many:
        auditor.get("/events/")
    assert len(many) == len(one)
