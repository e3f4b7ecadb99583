"""A ledger that lowers what prices are measured by: amount, rate, or what a year was paid for (docs/rules.md 2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.models import User
from base.changes import kinds
from base.changes.kinds import ChangeKind
from base.changes.models import PendingChange
from base.changes.operations import ask_for_change
from base.changes.values import unpack
from base.chatter.operations import change as change_record
from contracts.models import Contract
from contracts.yardstick import terms_before, write_terms
from warranty.enums import TermKind
from warranty.ledger.coverage import Stretch
from warranty.models import MaintenanceTerm
from warranty.operations import term_from

LEDGER_TERMS, FEE = "ledger_terms", "annual_fee"


def register() -> None:
    kinds.register(
        ChangeKind(
            LEDGER_TERMS, _("Lower terms by a ledger"), Contract, decides="changes.approve", view="prices.view",
            carry_out=lambda change, by, at: _write(change, unpack(change.values), by=by, at=at), undo=_undo,
        )
    )  # fmt: skip


def fee_paid(terms: Sequence[MaintenanceTerm]) -> Money | None:
    """What the last paid year of these terms cost; `terms` in order."""
    fees = [term.price for term in terms if term.kind == TermKind.PAID]
    return fees[-1] if fees else None


def lower_fee(terms: Sequence[MaintenanceTerm], wanted: Sequence[Stretch]) -> Money | None:
    """The yearly fee of a ledger, if it is below the one that is stored, or in another currency."""
    stored, new = fee_paid(terms), [each.price for each in wanted if each.kind == TermKind.PAID]
    if stored is None or not new:
        return None
    return new[-1] if new[-1].currency != stored.currency or new[-1] < stored else None


def at_fee(wanted: Sequence[Stretch], fee: Money) -> list[Stretch]:
    """The same years at another fee."""
    return [replace(each, price=fee) if each.kind == TermKind.PAID else each for each in wanted]


def ask_for_lower(
    contract: Contract, values: Mapping[str, Any], *, paid: Money | None, by: User | None, at: datetime
) -> None:
    """Have a director agree to what a ledger lowers; `paid` is the yearly fee that stays in force meanwhile."""
    old = {name: paid if name == FEE else getattr(contract, name) for name in values}
    ask_for_change(kind=LEDGER_TERMS, target=contract, values=values, old=old, by=by, at=at)


def judge_again(contract: Contract, *, fee: Money | None = None, by: User | None, at: datetime) -> None:
    """Another amount is another base for the prices of paid years, written here or there; those of a ledger may have
    another fee. Refused above the cap.
    """
    for term in contract.terms.filter(kind=TermKind.PAID):
        price = fee if fee is not None and term.origin == "ledger" else term.price
        judged = term_from(term.period, contract=contract, kind=TermKind.PAID, origin="ledger", price=price)
        change_record(term, {"price": price, "cap_base": judged.cap_base}, by=by, at=at, verb="imported")


def _write(change: PendingChange, values: dict[str, Any], *, by: User | None, at: datetime) -> None:
    contract = change.target
    assert isinstance(contract, Contract)
    fee = values.pop(FEE, None)
    change_record(contract, values, by=by, at=at, verb="imported")
    judge_again(contract, fee=fee, by=by, at=at)
    write_terms(contract, {}, by=by, at=at)


def _undo(change: PendingChange, by: User | None, at: datetime) -> None:
    before = terms_before(change)
    if FEE in change.values:
        amount, _space, code = str(change.changes[FEE][0]).partition(" ")
        before[FEE] = Money(amount, code)
    _write(change, before, by=by, at=at)
