"""Acts one by one: who does them, what comes back, and what is left in the log."""

from datetime import UTC, datetime

import pytest
from moneyed import Money

from base.chatter.operations import events_of
from base.company.models import Company
from base.mail.models import OutgoingMail
from contracts.models import Contract, Customer
from ops.stories.player import Player


def sold(play, **values):
    play(page="customers", do="create", values={"name": "Waterworks"}, **{"as": "customer"})
    values = {"number": "HT-1", "customer": "customer", "amount": "240000.00", **values}
    return play(page="contracts", do="create", values=values, **{"as": "c"})


def test_an_act_is_the_person_s_own_at_its_own_moment(play):
    result = sold(play)

    assert result == {"line": 1, "ok": True, "record": "HT-1", "state": "active", "said": ["HT-1 is stored."]}
    event = events_of(Contract.objects.get()).get(verb="created")
    assert (event.by.username, event.at, event.story) == ("chenjing", datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "test")


def test_what_is_not_named_stays_as_the_form_shows_it(play):
    sold(play, project="Billing")
    play(page="contracts", record="c", do="edit", values={"note": "New."})

    contract = Contract.objects.get()
    assert (contract.project, contract.note, contract.amount) == ("Billing", "New.", Money("240000.00", "CNY"))
    assert contract.manager.username == "chenjing"


@pytest.mark.parametrize(
    ("amount", "stored"), [("240000.00 USD", Money("240000.00", "USD")), ("1", Money(1, "CNY"))], ids=["named", "usual"]
)
def test_money_is_written_with_or_without_its_currency(play, amount, stored):
    sold(play, amount=amount)

    assert Contract.objects.get().amount == stored


def test_a_record_is_found_by_its_columns(play):
    sold(play)

    assert play(page="contracts", record={"customer": "customers:Waterworks"}, do="look")["record"] == "HT-1"
    assert play(page="contracts", record={"amount__gt": "1"}, do="look")["record"] == "HT-1"
    sold(play, number="HT-2")
    several = play(page="contracts", record={"customer__name": "Waterworks"}, do="look")
    assert "several records" in several["refused"]["record"]
    for nonsense in ({"customer__colour": "red"}, {"signed_on": "soon"}):
        assert "finds nothing" in play(page="contracts", record=nonsense, do="look")["refused"]["record"]


def test_who_may_not_see_a_price_finds_nothing_by_it(play):
    sold(play)
    result = play(by="engineer", page="contracts", record={"amount": "240000.00"}, do="look")

    assert result["refused"] == {"record": "This person does not see 'amount'."}


def test_an_older_version_is_refused_as_on_the_page(play):
    sold(play)
    play(page="contracts", record="c", do="edit", values={"note": "First."})
    late = play(page="contracts", record="c", do="edit", seen=0, values={"note": "Second."})

    assert late["refused"]["form"].startswith("Somebody else changed this record meanwhile.")
    assert Contract.objects.get().note == "First."


def test_a_contact_is_added_changed_and_chosen(play):
    sold(play)
    play(page="customers", record="customer", do="contacts", values={"name": "Wang"}, **{"as": "wang"})
    play(page="customers", record="customer", do="contacts", part="wang", values={"email": "w@example.org"})
    play(page="contracts", record="c", do="edit", values={"contact": "contacts:wang"})

    assert Contract.objects.get().contact.email == "w@example.org"
    assert Customer.objects.get().contacts.count() == 1


def test_nobody_acts_without_a_log_in(play):
    assert play(by="", page="contracts", do="create")["refused"] == {"by": "The act lacks 'by': whose log-in does it?"}


def test_no_mail_leaves_and_none_is_handed_over_twice(play):
    sold(play)
    play(
        page="customers",
        record="customer",
        do="contacts",
        values={"name": "Wang", "email": "w@example.org"},
        **{"as": "w"},
    )
    play(page="contracts", record="c", do="edit", values={"contact": "w"})
    play(by="service", page="requests", do="create", values={
        "contract": "contracts:HT-1", "contact": "w", "channel": "phone", "request_class": "general", "title": "Slow",
    })  # fmt: skip

    assert OutgoingMail.objects.get().status == "queued"
    assert [each["to"] for each in play(do="mail")["mails"]] == ["w@example.org"]
    assert OutgoingMail.objects.get().status == "sent"
    assert play(do="mail")["mails"] == []


def test_held_mail_stays(play):
    assert play(by="admin", page="mails", record=[], do="hold")["ok"] is False
    Company.objects.update(mail_on_hold=True)

    assert play(do="mail")["mails"] == []


def test_a_fault_is_told_and_the_story_goes_on(play):
    name = Company.objects.get().name
    Company.objects.all().delete()
    broken = play(do="mail", expect="refused")
    Company.objects.create(pk=1, name=name)

    assert broken["unexpected"].startswith("it broke: DoesNotExist")
    assert play(do="mail")["ok"]


def test_comments_and_empty_lines_are_no_acts(db, tmp_path):
    lines = ["# a comment", "", '{"on": "2026-11-22", "do": "mail"}', "  ", "{"]

    results = list(Player("x", tmp_path).play(lines))
    assert [each["line"] for each in results] == [3, 5]
    assert results[1]["refused"]["line"].startswith("This line is not JSON")
