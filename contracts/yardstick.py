"""What renewal prices are measured by: amount and rates. Whoever lowers them is not who agrees (docs/rules.md 2.3)."""

from collections.abc import Mapping
from datetime import date, datetime
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
from base.chatter.operations import create, plain, record
from base.company.queries import today
from base.lib.errors import Refused
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from contracts.queries import Agreed, agreed_by, in_force
from contracts.signals import contract_amended, contract_changing

TERMS, AMENDMENT = "contract_terms", "amendment"


def register() -> None:
    kinds.register(
        ChangeKind(
            TERMS, _("Lower contract terms"), Contract, decides="changes.approve", view="prices.view",
            carry_out=_set_terms, undo=_put_back_terms,
        )
    )  # fmt: skip
    kinds.register(
        ChangeKind(
            AMENDMENT, _("Amendment with lower terms"), Contract, decides="changes.approve", view="prices.view",
            carry_out=_amend, undo=_take_back_amendment, apart=True,
        )
    )  # fmt: skip


def lowered(contract: Contract, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of new values those that lower what prices are measured by; none of a contract that was never in force.

    A rate where none was agreed lowers it too: without one the cap is the price. Sums of two currencies cannot be
    compared, so another currency counts as lower.
    """
    if contract.pk is None or contract.status == ContractStatus.DRAFT:
        return {}
    found: dict[str, Any] = {}
    amount = values.get("amount", contract.amount)
    if amount.currency != contract.amount.currency or amount < contract.amount:
        found["amount"] = amount
    if values.get("cap_rate", contract.cap_rate) < contract.cap_rate:
        found["cap_rate"] = values["cap_rate"]
    agreed = contract.renewal_rate if contract.renewal_rate is not None else contract.cap_rate
    rate = values.get("renewal_rate", contract.renewal_rate)
    if rate is not None and rate < agreed:
        found["renewal_rate"] = rate
    return found


def ask_for_lower_terms(
    contract: Contract, values: Mapping[str, Any], *, by: User | None, at: datetime
) -> PendingChange:
    """Have a director agree; the old values stay in force. Where no other director is, they change at once, marked."""
    change, _made = ask_for_change(kind=TERMS, target=contract, values=values, by=by, at=at)
    return change


def amendment_lowers(contract: Contract, amendment: Amendment) -> bool:
    """Whether less is in force on its first day with an amendment than without it."""
    if contract.status == ContractStatus.DRAFT:
        return False
    day = amendment.effective_on
    before = in_force(contract, day)
    after = agreed_by(contract, [*contract.amendments.all(), _as_last(amendment)], day)
    return after.amount < before.amount or _rate(contract, after) < _rate(contract, before)


def _rate(contract: Contract, agreed: Agreed) -> Any:
    return agreed.renewal_rate if agreed.renewal_rate is not None else contract.cap_rate


def _as_last(amendment: Amendment) -> Amendment:
    """As it would be sorted once it is stored: after those of the same day."""
    return Amendment(
        pk=2**62,
        effective_on=amendment.effective_on,
        amount=amendment.amount,
        renewal_rate=amendment.renewal_rate,
        inspections_per_year=amendment.inspections_per_year,
    )


def ask_for_amendment(
    contract: Contract, values: Mapping[str, Any], *, by: User | None, at: datetime
) -> tuple[PendingChange, Amendment | None]:
    """Have a director agree to an amendment that lowers the terms; until then it is not in force."""
    agreed = in_force(contract, values["effective_on"])
    old = {name: getattr(agreed, name, None) for name in values}
    change, made = ask_for_change(
        kind=AMENDMENT, target=contract, values=values, old=old, by=by, at=at, reason=values.get("note", "")
    )
    return change, made if isinstance(made, Amendment) else None


def store_amendment(contract: Contract, amendment: Amendment, *, by: User | None, at: datetime, on: date) -> Amendment:
    """Write an amendment that was checked, and tell the floors above."""
    before = in_force(contract, amendment.effective_on).amount
    create(amendment, by=by, at=at)
    agreed = [plain(before), plain(amendment.amount)] if amendment.amount is not None else None
    record(contract, "amended", by=by, at=at, changes={"amount": agreed} if agreed else {}, note=amendment.note)
    contract_amended.send(Contract, contract=contract, by=by, at=at, on=on)
    return amendment


def _contract_of(change: PendingChange) -> Contract:
    contract = change.target
    assert isinstance(contract, Contract)
    return contract


def _set_terms(change: PendingChange, by: User | None, at: datetime) -> None:
    contract, values = _contract_of(change), unpack(change.values)
    if change.decided_by_id is not None:  # much may have happened since it was asked for
        contract_changing.send(Contract, contract=contract, changed=set(values))
    write_terms(contract, values, by=by, at=at)


def write_terms(contract: Contract, values: Mapping[str, Any], *, by: User | None, at: datetime) -> None:
    """The terms change by themselves. Raises `Refused` where they would not fit each other any more."""
    cap_rate, rate = (values.get(name, getattr(contract, name)) for name in ("cap_rate", "renewal_rate"))
    if rate is not None and rate > cap_rate:
        raise Refused(_("The renewal rate is above the cap rate."), field="renewal_rate")
    change_record(contract, values, by=by, at=at, verb="changed")
    contract_amended.send(Contract, contract=contract, by=by, at=at, on=today(at))


def _put_back_terms(change: PendingChange, by: User | None, at: datetime) -> None:
    write_terms(_contract_of(change), terms_before(change), by=by, at=at)


def terms_before(change: PendingChange) -> dict[str, Any]:
    """The contract's values that a change replaced."""
    fields = {field.name: field for field in Contract._meta.concrete_fields}
    return {name: _read(fields[name], change.changes[name][0]) for name in change.values if name in fields}


def _read(field: Any, kept: str | None) -> Any:
    """A value as an event keeps it: a sum with its currency, a share of one, or nothing."""
    if kept is None:
        return None
    amount, _space, code = kept.partition(" ")
    return Money(amount, code) if code else field.to_python(kept)


def _amend(change: PendingChange, by: User | None, at: datetime) -> Amendment:
    contract, values = _contract_of(change), unpack(change.values)
    if contract.status == ContractStatus.TERMINATED:
        raise Refused(_("The contract is not active."), code="wrong_state")
    amendment = Amendment(contract=contract, **values)
    if amendment.renewal_rate is not None and amendment.renewal_rate > contract.cap_rate:
        raise Refused(_("The renewal rate is above the cap rate."), field="renewal_rate")
    return store_amendment(contract, amendment, by=by, at=at, on=today(at))


def _take_back_amendment(change: PendingChange, by: User | None, at: datetime) -> None:
    """From the same day on the terms of before are in force again, by an amendment that says so."""
    values, contract = unpack(change.values), _contract_of(change)
    before = {name: change.changes[name][0] for name in ("amount", "renewal_rate") if values.get(name) is not None}
    fields = {field.name: field for field in Amendment._meta.concrete_fields}
    restored = {name: _read(fields[name], kept) for name, kept in before.items()}
    if restored.get("renewal_rate", 0) is None:
        restored["renewal_rate"] = contract.cap_rate
    back = Amendment(
        contract=contract, signed_on=today(at), effective_on=values["effective_on"], note=change.answer, **restored
    )
    store_amendment(contract, back, by=by, at=at, on=today(at))
