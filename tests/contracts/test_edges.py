"""The edges of what contracts, amendments and milestones may say, and whom each operation tells of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Attachment, Todo
from base.chatter.operations import events_of, make_todo, record, write_todos
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from base.mail.queue import Reader
from contracts import signals
from contracts.enums import ContractStatus, Milestone
from contracts.models import Contract
from contracts.operations import (
    activate_contract,
    amend_contract,
    hand_over_contracts,
    reactivate_contract,
    record_milestone,
    save_contract,
    set_renewal_wish,
    terminate_contract,
)
from tests.access.world import PDF
from tests.chain import AT, ON, accepted, cny, day, signed, verbs
from tests.factories import CustomerFactory, UserFactory
from tests.mails import write_mail

pytestmark = pytest.mark.django_db
SIGNED = day("2022-01-10")  # what `signed` gives a contract
DAY = timedelta(days=1)


@pytest.fixture
def heard():
    """The names of the signals of contracts that were sent, in order."""
    names = []
    for name, signal in vars(signals).items():
        if isinstance(signal, signals.Signal):

            def hear(sender, name=name, **_more):
                names.append(name)

            signal.connect(hear, weak=False, dispatch_uid="heard")
    yield names
    for signal in vars(signals).values():
        if isinstance(signal, signals.Signal):
            signal.disconnect(dispatch_uid="heard")


# Saved


def test_a_rate_may_be_the_cap_itself_and_acceptance_the_day_of_signing(manager):
    values = {
        "number": "WB-1", "customer": CustomerFactory(), "amount": cny("0.01"), "signed_on": ON,
        "cap_rate": Decimal("0.20"), "renewal_rate": Decimal("0.20"), "final_acceptance_on": ON,
    }  # fmt: skip
    assert save_contract(contract=Contract(), values=values, by=manager, at=AT).renewal_rate == Decimal("0.20")


def test_an_accepted_contract_was_signed_before(manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        save_contract(contract=contract, values={"signed_on": day("2026-01-16")}, by=manager, at=AT)
    assert no.value.field == "signed_on"
    save_contract(contract=contract, values={"signed_on": day("2026-01-15")}, by=manager, at=AT)


def test_the_amount_may_change_until_coverage_rests_on_it(manager):
    contract = signed()
    values = {"amount": cny("1.00"), "free_months": 24, "same_day": True}
    save_contract(contract=contract, values=values, by=manager, at=AT)
    assert (contract.amount, contract.free_months, contract.same_day) == (cny("1.00"), 24, True)


def test_a_contract_without_a_number_to_change_keeps_its_own(manager):
    other, contract = signed(), signed()
    save_contract(contract=contract, values={"project": "A", "number": contract.number}, by=manager, at=AT)
    assert (contract.project, contract.number != other.number) == ("A", True)


@pytest.mark.parametrize(
    ("status", "values", "told"),
    [
        (None, {}, ["contract_signed"]),
        (None, {"status": ContractStatus.DRAFT}, []),
        ("saved", {"project": "A"}, []),
        ("saved", {"project_manager": "B"}, []),
        ("saved", {"go_live_on": ON}, ["milestones_moved"]),
        ("saved", {"preliminary_acceptance_on": ON}, ["milestones_moved"]),
        ("saved", {"inspections_per_year": 7}, ["contract_amended"]),
        ("saved", {"no_renewal_reason": "moves"}, ["contract_amended"]),
        ("saved", {"cap_rate": Decimal("0.19")}, ["contract_amended"]),
        ("saved", {"renewal_rate": Decimal("0.19")}, ["contract_amended"]),
    ],
)
def test_whom_saving_a_contract_tells(status, values, told, heard, manager):
    if status is None:
        needed = {"number": "WB-1", "customer": CustomerFactory(), "amount": cny("1.00"), "signed_on": ON}
        save_contract(contract=Contract(), values=needed | values, by=manager, at=AT)
        assert heard == told
        return
    contract = signed()
    heard.clear()
    save_contract(contract=contract, values=values, by=manager, at=AT)
    assert heard == ["contract_changing", *told]


def test_whom_the_other_operations_tell(heard, manager, director):
    contract = signed(status=ContractStatus.DRAFT)
    heard.clear()
    activate_contract(contract=contract, by=manager, at=AT)
    record_milestone(contract=contract, milestone=Milestone.GO_LIVE, reached_on=ON, by=manager, at=AT, on=ON)
    values = {"signed_on": ON, "effective_on": ON, "note": "more"}
    amend_contract(contract=contract, values=values, by=manager, at=AT, on=ON)
    set_renewal_wish(contract=contract, no_renewal_reason="moves", by=manager, at=AT, on=ON)
    set_renewal_wish(contract=contract, no_renewal_reason="moves", by=manager, at=AT, on=ON)
    hand_over_contracts(contracts=[contract], to=UserFactory(role="manager"), by=director, at=AT)
    terminate_contract(contract=contract, on=ON, reason="over", by=manager, at=AT)
    reactivate_contract(contract=contract, on=ON, reason="not over", by=director, at=AT)
    assert heard == [
        "contract_signed", "milestones_moved", "contract_amended", "renewal_wish_changed", "contracts_handed_over",
        "contract_terminated", "contract_reactivated",
    ]  # fmt: skip


# Milestones


@pytest.mark.parametrize(
    ("reached_on", "in_time"),
    [(SIGNED - DAY, False), (SIGNED, True), (day("2026-01-15"), True), (day("2026-01-16"), False)],
)
@pytest.mark.parametrize("milestone", [Milestone.GO_LIVE, Milestone.PRELIMINARY])
def test_a_milestone_lies_between_signing_and_final_acceptance(milestone, reached_on, in_time, manager):
    contract = accepted(day("2026-01-15"))
    asked = {"contract": contract, "milestone": milestone, "reached_on": reached_on, "by": manager, "at": AT, "on": ON}
    if in_time:
        record_milestone(**asked)
        assert getattr(Contract.objects.get(), f"{milestone.value}_on") == reached_on
        assert verbs(contract)[-1] == "milestone"
        return
    with pytest.raises(Refused) as no:
        record_milestone(**asked)
    assert no.value.field == "reached_on"


@pytest.mark.parametrize(("reached_on", "in_time"), [(ON, True), (ON + DAY, False)])
def test_a_milestone_is_not_in_the_future(reached_on, in_time, manager):
    asked = {"contract": signed(), "milestone": Milestone.GO_LIVE, "by": manager, "at": AT, "on": ON}
    if in_time:
        record_milestone(reached_on=reached_on, **asked)
        return
    with pytest.raises(Refused) as no:
        record_milestone(reached_on=reached_on, **asked)
    assert no.value.field == "reached_on"


def test_which_milestones_are_recorded_on_which_contracts(manager):
    draft = signed(status=ContractStatus.DRAFT)
    for contract, milestone in ((draft, Milestone.GO_LIVE), (signed(), Milestone.FINAL)):
        with pytest.raises(Refused) as no:
            record_milestone(contract=contract, milestone=milestone, reached_on=ON, by=manager, at=AT, on=ON)
        assert no.value.code == "wrong_state"


def test_a_certificate_hangs_on_the_contract_under_its_milestone(manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    contract = signed()
    asked = {"contract": contract, "reached_on": ON, "by": manager, "at": AT, "on": ON}
    record_milestone(milestone=Milestone.PRELIMINARY, **asked)
    assert not Attachment.objects.exists()
    record_milestone(milestone=Milestone.GO_LIVE, certificate=SimpleUploadedFile("go.pdf", PDF), **asked)
    assert Attachment.objects.get().label == Milestone.GO_LIVE.value


# Amendments


@pytest.mark.parametrize(
    "says", [{"inspections_per_year": 3}, {"renewal_rate": Decimal("0.20")}, {"amount": cny("0.01")}, {"note": "x"}]
)
def test_an_amendment_changes_one_thing_at_least_from_the_day_of_signing_on(says, manager):
    contract = signed()
    values = {"signed_on": ON, "effective_on": SIGNED, **says}
    amend_contract(contract=contract, values=values, by=manager, at=AT, on=ON)
    assert contract.amendments.count() == 1


@pytest.mark.parametrize("rate", ["0", "0.2001"])
def test_no_amendment_agrees_on_nothing_or_on_more_than_the_cap(rate, manager):
    values = {"signed_on": ON, "effective_on": ON, "renewal_rate": Decimal(rate)}
    with pytest.raises(Refused) as no:
        amend_contract(contract=signed(), values=values, by=manager, at=AT, on=ON)
    assert no.value.field == "renewal_rate"


def test_the_contract_says_what_an_amendment_made_of_its_amount(manager):
    contract = signed(amount="1000000.00")
    for says in ({"amount": cny("1500000.00"), "note": "more"}, {"note": "talk"}):
        amend_contract(
            contract=contract, values={"signed_on": ON, "effective_on": ON, **says}, by=manager, at=AT, on=ON
        )
    talk, more = events_of(contract).filter(verb="amended").order_by("-pk")
    assert ("1000000" in str(more.changes["amount"][0]), "1500000" in str(more.changes["amount"][1])) == (True, True)
    assert (more.note, talk.note, talk.changes) == ("more", "talk", {})


# Terminated, taken back, handed over


def test_a_contract_may_end_on_the_day_it_was_signed(manager):
    contract = signed()
    terminate_contract(contract=contract, on=SIGNED, reason="over", by=manager, at=AT)
    assert contract.terminated_on == SIGNED


@pytest.mark.parametrize(("other", "minutes"), [(True, 1), (False, 0), (False, -1)])
def test_only_a_mail_about_this_contract_after_its_end_keeps_it_ended(other, minutes, director):
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    names = ["reader", "customer", "contract", "project", "manager", "phone", "company", "hotline", "last", "next"]
    mail = write_mail(
        cause="letter:1", kind="coverage_lapsed", target=accepted() if other else contract,
        reader=Reader("王女士", "reader@customer.example", "en"), variables=dict.fromkeys(names, "x"),
        at=AT + timedelta(minutes=minutes),
    )  # fmt: skip
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sent")
    reactivate_contract(contract=contract, on=ON, reason="not over", by=director, at=AT)
    assert contract.status == "active"


@pytest.mark.parametrize(("about_customer", "refused"), [(False, True), (True, False)])
def test_what_was_written_since_counts_whatever_happened_after_it(about_customer, refused, director):
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    customer = contract.customer if contract.customer_id == contract.pk else CustomerFactory(pk=contract.pk)
    names = ["reader", "customer", "contract", "project", "manager", "phone", "company", "hotline", "last", "next"]
    mail = write_mail(
        cause="letter:1", kind="coverage_lapsed", target=customer if about_customer else contract,
        reader=Reader("王女士", "reader@customer.example", "en"), variables=dict.fromkeys(names, "x"),
        at=AT + timedelta(minutes=1),
    )  # fmt: skip
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sent")
    record(contract, "note", by=director, at=AT + timedelta(minutes=2))
    if not refused:
        reactivate_contract(contract=contract, on=ON, reason="not over", by=director, at=AT)
        return
    with pytest.raises(Refused) as no:
        reactivate_contract(contract=contract, on=ON, reason="not over", by=director, at=AT)
    assert no.value.code == "sent"


def test_todos_of_a_record_of_another_kind_are_not_handed_over(director):
    """A customer and a contract may have the same key."""
    old, new = UserFactory(role="manager"), UserFactory(role="manager")
    contract = signed(manager=old)
    customer = CustomerFactory(pk=contract.pk) if contract.customer_id != contract.pk else contract.customer
    write_todos([make_todo(customer, kind="note", due_on=ON, at=AT, assignee=old)])
    hand_over_contracts(contracts=[contract], to=new, by=director, at=AT)
    assert Todo.objects.get(kind="note").assignee == old
