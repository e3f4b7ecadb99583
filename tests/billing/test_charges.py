"""What customers owe: once, never invoiced beyond it, waived or ended with a reason (docs/rules.md 7.6)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from moneyed import Money

from base.lib.errors import NotAllowed, Refused
from billing.charges import claim_charge, drop, edit_charge, owe, waive_charge
from billing.invoices import void_invoice
from billing.invoicing import invoice_charges
from billing.lines import LineInput, Owed
from billing.models import Charge
from billing.sources import Source
from contracts.models import Contract
from contracts.operations import reactivate_contract, terminate_contract
from ops.integrity import findings
from tests.chain import AT, ON, accepted, at, cny, day, signed, verbs

pytestmark = pytest.mark.django_db
CHARGES = ["charges", "invoices", "invoice states"]


def owed(contract: Contract | None = None, *sums: str, source: int = 1, customer=None, **more) -> list[Charge]:
    contract = contract or signed()
    lines = [Owed(line=LineInput("Work", Decimal("0.06"), "", cny(each)), **more) for each in sums or ("1000.00",)]
    return owe(
        source=Source("test", source), customer=customer or contract.customer, contract=contract, owed=lines, by=None,
        at=AT, on=ON,
    )  # fmt: skip


def parts(charge: Charge) -> list[str]:
    charge.refresh_from_db()
    return [str(each.amount) for each in (charge.invoiced, charge.waived, charge.unserved, charge.waiting)]


def test_what_is_owed_waits_and_is_owed_once():
    contract = signed()
    [charge] = owed(contract)
    assert parts(charge) == ["0.00", "0.00", "0.00", "1000.00"]
    [again] = owed(contract)
    assert (again.pk, verbs(charge)) == (charge.pk, ["created"])


def test_said_again_with_another_sum_it_takes_the_place_of_the_first(finance):
    contract = signed()
    first, second = owed(contract, "1000.00", "500.00")
    invoice_charges(charges=[first], amount=cny("400.00"), by=finance, at=AT, on=ON)
    owed(contract, "900.00")
    assert (parts(first), parts(second)) == (["400.00", "0.00", "0.00", "500.00"], ["0.00", "500.00", "0.00", "0.00"])
    with pytest.raises(Refused) as no:
        owed(contract, "399.99")
    assert no.value.code == "beyond"
    assert list(findings(on=ON, only=CHARGES)) == []


@pytest.mark.parametrize(
    "broken",
    [{"waiting": "0.01"}, {"invoiced": "1000.01", "waiting": "-0.01"}, {"invoiced": "0.30", "waived": "0.10"}],
)
def test_the_database_holds_the_parts_to_the_whole(broken):
    [charge] = owed(None, "1000.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(**{name: Decimal(value) for name, value in broken.items()})


def test_it_is_waived_for_a_reason_and_owed_after_all(finance, manager):
    [charge] = owed()
    with pytest.raises(NotAllowed):
        waive_charge(charge=charge, reason="x", by=manager, at=AT)
    with pytest.raises(Refused) as why:
        waive_charge(charge=charge, reason=" ", by=finance, at=AT)
    assert why.value.field == "reason"
    waive_charge(charge=charge, reason="goodwill", by=finance, at=AT)
    assert (parts(charge), charge.reason) == (["0.00", "1000.00", "0.00", "0.00"], "goodwill")
    with pytest.raises(Refused):
        waive_charge(charge=charge, reason="again", by=finance, at=AT)
    claim_charge(charge=charge, by=finance, at=AT)
    assert (parts(charge), charge.reason) == (["0.00", "0.00", "0.00", "1000.00"], "")
    with pytest.raises(Refused):
        claim_charge(charge=charge, by=finance, at=AT)
    assert verbs(charge) == ["created", "charge_waived", "charge_claimed"]


def test_it_is_worded_until_it_stands_on_an_invoice(finance):
    [charge] = owed()
    edit_charge(charge=charge, values={"text": "Two days on site", "tax_rate": Decimal("0.13")}, by=finance, at=AT)
    invoice = invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    line = invoice.lines.get()
    assert (line.text, line.net, line.tax) == ("Two days on site", cny("884.96"), cny("115.04"))
    charge.refresh_from_db()
    with pytest.raises(Refused) as no:
        edit_charge(charge=charge, values={"text": "x"}, by=finance, at=AT)
    assert no.value.code == "invoiced"


def test_what_it_was_owed_for_is_gone(finance):
    [charge] = owed()
    invoice_charges(charges=[charge], amount=cny("400.00"), by=finance, at=AT, on=ON)
    charge.refresh_from_db()
    drop([charge], reason="called off", by=finance, at=AT)
    assert (parts(charge), charge.reason) == (["400.00", "600.00", "0.00", "0.00"], "called off")


def test_days_after_the_end_of_a_contract_are_not_owed_until_it_goes_on(director, finance):
    contract = accepted()
    days = {"service_first": day("2026-01-16"), "service_last": day("2027-01-15")}
    [charge], [work] = owed(contract, "36500.00", **days), owed(contract, "100.00", source=2)
    invoice = invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    terminate_contract(contract=contract, on=ON, reason="moves", by=director, at=AT)
    invoice.refresh_from_db()
    assert invoice.status == "void"
    # 2026-11-23 … 2027-01-15: 54 of 365 days.
    assert parts(charge) == ["0.00", "0.00", "5400.00", "31100.00"]
    assert parts(work) == ["0.00", "0.00", "0.00", "100.00"]
    reactivate_contract(contract=Contract.objects.get(pk=contract.pk), reason="stays", by=director, at=at(ON), on=ON)
    assert parts(charge) == ["0.00", "0.00", "0.00", "36500.00"]
    assert verbs(charge) == ["created", "charge_invoiced", "charge_released", "charge_ended", "charge_resumed"]


def test_yen_are_owed_in_yen(finance):
    contract = signed(amount=Money("12345678", "JPY"))
    line = LineInput("Work", Decimal("0.06"), "", Money("1001", "JPY"))
    [charge] = owe(
        source=Source("test", 1), customer=contract.customer, contract=contract, owed=[Owed(line=line)], by=None, at=AT,
        on=ON,
    )  # fmt: skip
    invoice = invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    assert (invoice.gross, invoice.paid.currency.code) == (Money("1001", "JPY"), "JPY")
    void_invoice(invoice=invoice, reason="x", by=None, at=AT)
    charge.refresh_from_db()
    assert charge.waiting == Money("1001", "JPY")
