"""Contracts in all walks of life, for runs to be compared on."""

from datetime import date, timedelta
from decimal import Decimal

from base.accounts.models import Role
from billing.invoices import issue_invoice, request_invoice
from billing.lines import LineInput
from billing.models import Invoice
from contracts.enums import RenewalMode
from contracts.models import Contract, Customer
from contracts.operations import set_renewal_wish, terminate_contract
from renewals.decisions import accept_quote, call_back_quote, decline_quote
from renewals.models import RenewalQuote
from renewals.quotes import edit_quote, hold_quote
from tests.chain import accepted, at, cny
from tests.factories import ContactFactory, CustomerFactory, UserFactory
from warranty.operations import set_last_day
from warranty.planning.run import run_day

#: The last days the scenario was run before the day everything is compared on.
EARLIER = (date(2026, 9, 28), date(2026, 10, 12), date(2026, 10, 26))
#: Nearly a month later: much is due, some of it was missed.
DAY = date(2026, 11, 22)


def build(count: int = 24) -> None:
    """Contracts accepted over a year, run on some days, with what people did to a few of their quotes."""
    managers = [UserFactory(username=f"manager{n}", role=Role.MANAGER) for n in range(2)]
    engineer = UserFactory(username="engineer", role=Role.ENGINEER)
    UserFactory(username="director", role=Role.DIRECTOR)
    for n in range(count):
        customer: Customer = CustomerFactory(name=f"客户{n:03d}", budget_funded=n % 6 == 0)
        accepted(
            date(2025, 11, 10) + timedelta(days=n * 9),
            number=f"WB-{n:04d}",
            customer=customer,
            contact=ContactFactory(customer=customer, email=f"reader{n}@customer.example") if n % 7 else None,
            manager=managers[n % 2],
            engineer=engineer if n % 3 == 0 else None,
            inspections_per_year=(2, 4, 1, 0)[n % 4],
            renewal_mode=RenewalMode.MANUAL if n % 5 == 4 else RenewalMode.AUTO,
            renewal_rate=Decimal("0.15") if n % 2 else None,
            amount=cny(f"{100_000 + 12_345.67 * n:.2f}"),
        )
    first, second, third = EARLIER
    run_day(on=first, by=None, at=at(first))
    _look_at_drafts(first)
    run_day(on=second, by=None, at=at(second))
    _decide(second)
    run_day(on=third, by=None, at=at(third))
    _move_the_ground(third)


def _move_the_ground(on: date) -> None:
    """A sent quote whose ground moved, one that was called back, and a paid contract that ends on the day."""
    moved, called_back = RenewalQuote.objects.filter(status="sent").select_related("contract__manager")[:2]
    end = moved.contract.terms.get().last_day + timedelta(days=3)
    manager = moved.contract.manager
    set_last_day(term=moved.contract.terms.get(), last_day=end, reason="as signed", by=manager, at=at(on), on=on)
    call_back_quote(quote=called_back, reason="wrong", by=called_back.contract.manager, at=at(on))
    [invoice] = Invoice.objects.filter(status="draft")
    finance = UserFactory(username="finance", role=Role.FINANCE)
    request_invoice(invoice=invoice, by=invoice.contract.manager, at=at(on), on=on)
    issue_invoice(invoice=invoice, tax_invoice_number="1" * 20, tax_invoice_on=on, by=finance, at=at(on), on=on)
    terminate_contract(
        contract=Contract.objects.get(pk=invoice.contract_id), on=DAY, reason="moves", by=manager, at=at(on)
    )


def _look_at_drafts(on: date) -> None:
    drafts = RenewalQuote.objects.filter(status="draft").select_related("contract__manager").order_by("number")
    held, dear, *_others = drafts
    hold_quote(quote=held, reason="customer on leave", by=held.contract.manager, at=at(on))
    cheap = LineInput("Maintenance", Decimal("0.06"), "", cny("1000.00"))
    edit_quote(quote=dear, lines=[cheap], by=dear.contract.manager, at=at(on))
    snoozed = Contract.objects.get(number="WB-0008")
    set_renewal_wish(
        contract=snoozed, snoozed_until=DAY + timedelta(days=30), snooze_reason="budget", by=snoozed.manager, at=at(on), on=on,
    )  # fmt: skip


def _decide(on: date) -> None:
    taken, refused = RenewalQuote.objects.filter(status="sent").order_by("number")[:2]
    accept_quote(quote=taken, by=None, at=at(on), on=on)
    decline_quote(quote=refused, reason="new system", by=None, at=at(on))
