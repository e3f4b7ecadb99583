"""Everything that changes a contract; customers have operations of their own (`customers.py`)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.changes.models import PendingChange
from base.chatter.files import add_attachment
from base.chatter.models import Todo
from base.chatter.operations import change, create, events_of, hang_on, move
from base.company.queries import today
from base.lib.errors import Refused
from base.lib.money import from_minor, is_whole
from base.lib.text import clean, number_key
from base.mail.models import MailStatus, OutgoingMail
from contracts import yardstick
from contracts.enums import ContractStatus, Milestone
from contracts.models import Amendment, Contract
from contracts.rules import MAX_CAP_RATE
from contracts.signals import (
    contract_amended,
    contract_changing,
    contract_reactivated,
    contract_signed,
    contract_terminated,
    contracts_handed_over,
    contracts_merged,
    milestones_moved,
    renewal_wish_changed,
    termination_called_off,
    termination_planned,
)
from contracts.states import CONTRACT


def _check_terms(values: Mapping[str, Any], contract: Contract) -> None:
    def now(name: str) -> Any:
        return values.get(name, getattr(contract, name))

    if now("amount") is not None and now("amount").amount <= 0:
        raise Refused(_("The amount must be more than zero."), field="amount")
    _check_whole(values.get("amount"))
    if not 0 < now("cap_rate") <= MAX_CAP_RATE:
        raise Refused(_("The cap rate is at most 20 %."), field="cap_rate")
    if now("renewal_rate") is not None and not 0 < now("renewal_rate") <= now("cap_rate"):
        raise Refused(_("The renewal rate is above the cap rate."), field="renewal_rate")
    if now("final_acceptance_on") and now("final_acceptance_on") < now("signed_on"):
        raise Refused(_("Final acceptance cannot be before signing."), field="signed_on")


def _check_whole(amount: Money | None) -> None:
    """What nobody can pay to the last coin, nobody can have signed."""
    if amount is not None and not is_whole(amount):
        raise Refused(
            _("The smallest unit of %(currency)s is %(unit)s.")
            % {"currency": amount.currency.code, "unit": from_minor(1, amount.currency).amount},
            field="amount",
        )


def _plainly_numbered(values: Mapping[str, Any]) -> dict[str, Any]:
    """With the number as it can be read: what is invisible in it would stand in mails, papers and file names."""
    values = dict(values)
    if "number" in values:
        values["number"] = clean(values["number"])
    return values


def _keyed(values: dict[str, Any], contract: Contract) -> dict[str, Any]:
    """With the key of the number. Raises `Refused` for the number of another contract, however it is typed."""
    number = values.get("number")
    if number is None or (contract.pk and number == contract.number):
        return values
    key = number_key(number)
    if not key:
        raise Refused(_("Give the contract a number."), field="number")
    if Contract.objects.filter(number_key=key).exclude(pk=contract.pk).exists():
        raise Refused(_("There is a contract of this number."), field="number", code="duplicate")
    return {**values, "number_key": key}


@transaction.atomic
def save_contract(
    *, contract: Contract, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None
) -> Contract:
    """Create or change what a contract says. Final acceptance and amendments have operations of their own.

    A lower amount or rate of a contract in force waits for a director (docs/rules.md 2.3).
    Raises `Refused` for a number that is taken or has nothing to read in it, money that is not positive or whole, or a
    rate above the cap.
    """
    require(by, "contracts.edit")
    _check_terms(values, contract)
    values = _keyed(_plainly_numbered(values), contract)
    if contract.pk is None:
        for name, value in values.items():
            setattr(contract, name, value)
        create(contract, by=by, at=at)
        if contract.status == ContractStatus.ACTIVE:
            contract_signed.send(Contract, contract=contract, by=by, at=at)
        return contract
    changed = {name for name, value in values.items() if getattr(contract, name) != value}
    contract_changing.send(Contract, contract=contract, changed=changed)
    lower = yardstick.lowered(contract, values)
    changed -= lower.keys()
    change(contract, {name: values[name] for name in changed}, by=by, at=at, seen=seen)
    if changed & {f"{each.value}_on" for each in Milestone}:
        milestones_moved.send(Contract, contract=contract, by=by, at=at)
    if changed & {"inspections_per_year", "no_renewal_reason", "cap_rate", "renewal_rate"}:
        contract_amended.send(Contract, contract=contract, by=by, at=at, on=today(at))
    if lower:
        yardstick.ask_for_lower_terms(contract, lower, by=by, at=at)
    return contract


@transaction.atomic
def activate_contract(*, contract: Contract, by: User, at: datetime, seen: int | None = None) -> None:
    """A draft was signed: from now on the contract counts."""
    move(contract, CONTRACT, "activated", by=by, at=at, seen=seen)
    contract_signed.send(Contract, contract=contract, by=by, at=at)


@transaction.atomic
def record_milestone(
    *,
    contract: Contract,
    milestone: Milestone,
    reached_on: date,
    by: User,
    at: datetime,
    on: date,
    certificate: "File[bytes] | None" = None,
    seen: int | None = None,
) -> None:
    """Record go-live or preliminary acceptance, with the signed certificate under the milestone's label.

    Final acceptance starts coverage and is recorded by warranty. Raises `Refused` for a day that cannot be.
    """
    require(by, "contracts.edit")
    if milestone not in (Milestone.GO_LIVE, Milestone.PRELIMINARY) or contract.status != ContractStatus.ACTIVE:
        raise Refused(_("Go-live and preliminary acceptance are recorded on an active contract."), code="wrong_state")
    if reached_on < contract.signed_on:
        raise Refused(_("It cannot be before signing."), field="reached_on")
    if reached_on > on:
        raise Refused(_("It cannot lie in the future."), field="reached_on")
    if contract.final_acceptance_on and reached_on > contract.final_acceptance_on:
        raise Refused(_("It cannot be after final acceptance."), field="reached_on")
    change(contract, {f"{milestone.value}_on": reached_on}, by=by, at=at, verb="milestone", seen=seen)
    milestones_moved.send(Contract, contract=contract, by=by, at=at)
    if certificate is not None:
        add_attachment(target=contract, upload=certificate, by=by, at=at, label=milestone.value, commercial=False)


@transaction.atomic
def amend_contract(
    *, contract: Contract, values: Mapping[str, Any], by: User, at: datetime, on: date
) -> Amendment | PendingChange:
    """Record a supplementary agreement. Quotes that it leaves above the cap are superseded at once.

    One that lowers amount or rate is kept until a director agrees, and is returned as such. See docs/rules.md 2.1, 2.3.
    """
    require(by, "contracts.amend")
    amendment = Amendment(contract=contract, **_plainly_numbered(values))
    if (
        not any(getattr(amendment, name) is not None for name in ("amount", "renewal_rate", "inspections_per_year"))
        and not amendment.note
    ):
        raise Refused(_("Say what the amendment changes."), field="note")
    if amendment.effective_on < contract.signed_on:
        raise Refused(_("It cannot be in force before the contract was signed."), field="effective_on")
    if amendment.amount is not None:
        if amendment.amount.amount <= 0:
            raise Refused(_("The amount must be more than zero."), field="amount")
        if amendment.amount.currency != contract.amount.currency:
            raise Refused(_("An amendment keeps the contract's currency."), field="amount")
        _check_whole(amendment.amount)
    if amendment.renewal_rate is not None and not 0 < amendment.renewal_rate <= contract.cap_rate:
        raise Refused(_("The renewal rate is above the cap rate."), field="renewal_rate")
    if yardstick.amendment_lowers(contract, amendment):
        change, made = yardstick.ask_for_amendment(contract, _plainly_numbered(values), by=by, at=at)
        return made or change
    return yardstick.store_amendment(contract, amendment, by=by, at=at, on=on)


#: A mail of which nobody can say that it stayed here.
_LEFT = (MailStatus.SENDING, MailStatus.SENT, MailStatus.UNCERTAIN)


@transaction.atomic
def terminate_contract(
    *, contract: Contract, on: date, reason: str, by: User, at: datetime, seen: int | None = None
) -> None:
    """End a contract on a day: its term ends with it, and everything that was still to happen is cancelled.

    As of a coming day it is active until then, shown as ending, and the plan ends it on that day (docs/rules.md 5.7);
    another day may be given meanwhile.
    """
    require(by, "contracts.terminate")
    if not reason.strip():
        raise Refused(_("Say why the contract ends."), field="reason")
    if on < contract.signed_on:
        raise Refused(_("A contract cannot end before it was signed."), field="on")
    if on <= today(at):
        _end(contract, on=on, reason=reason, by=by, at=at, seen=seen)
        return
    CONTRACT.check("terminated", contract.status)
    values = {"ending_on": on, "ending_reason": reason.strip()[:200]}
    if change(contract, values, by=by, at=at, verb="termination_planned", seen=seen, note=reason):
        termination_planned.send(Contract, contract=contract, by=by, at=at, on=today(at))


def _end(
    contract: Contract,
    *,
    on: date,
    reason: str,
    by: User | None,
    at: datetime,
    seen: int | None = None,
    as_planned: bool = False,
) -> None:
    values = {"terminated_on": on, "ending_on": None, "ending_reason": ""}
    move(contract, CONTRACT, "terminated", by=by, at=at, values=values, seen=seen, note=reason)
    contract_terminated.send(Contract, contract=contract, by=by, at=at, on=on, as_planned=as_planned)


#: What the contract that stays takes from its twin where it says nothing itself.
_FILLED: Final = ("project", "manager", "manager_name", "engineer", "project_manager", "contact", "title", "note")


@transaction.atomic
def merge_contracts(*, keep: Contract, drop: Contract, by: User, at: datetime) -> Contract:
    """Make one of two contracts whose number was typed twice: what still happens to `drop` happens to `keep`.

    `drop` ends today under a number of its own, with everything that happened to it. Raises `Refused` for contracts of
    different numbers or customers, and where only `drop` is in force; the floors above refuse what would be lost.
    """
    require(by, "contracts.terminate")
    base = number_key(keep.number)
    if keep.pk == drop.pk or number_key(drop.number) != base:
        raise Refused(_("Their numbers are not the same."), code="not_twins")
    if keep.customer_id != drop.customer_id:
        raise Refused(_("They have different customers: merge those first."), code="customers")
    if keep.status != ContractStatus.ACTIVE and drop.status == ContractStatus.ACTIVE:
        raise Refused(_("Keep the one that is in force."), code="wrong_state")
    contracts_merged.send(Contract, keep=keep, drop=drop, by=by, at=at)
    old, spare = drop.number, _spare_number(drop)
    if drop.status == ContractStatus.ACTIVE:
        reason = _("merged with %(number)s") % {"number": keep.number}
        _end(drop, on=max(today(at), drop.signed_on), reason=reason, by=by, at=at)
    hang_on(keep, instead_of=drop)
    change(drop, {"number": spare, "number_key": number_key(spare)}, by=by, at=at, verb="merged_away")
    filled = {name: getattr(keep, name) or getattr(drop, name) for name in _FILLED}
    change(keep, {**filled, "number_key": base}, by=by, at=at, verb="merged_with", note=f"{old} → {spare}")
    return keep


def _spare_number(contract: Contract) -> str:
    """A number for what is no contract of its own any more."""
    for n in count(1):
        number = f"{contract.number[:50]}-M{n}"
        if not Contract.objects.of_number(number).exists():
            return number
    raise AssertionError


@transaction.atomic
def end_as_planned(*, contract: Contract, at: datetime) -> None:
    """The day has come as of which the contract was terminated: the plan ends it, for whoever said so.

    Raises `Refused` for a contract that is not to end.
    """
    if contract.ending_on is None:
        raise Refused(_("The contract is not to end."), code="wrong_state")
    _end(contract, on=contract.ending_on, reason=contract.ending_reason, by=None, at=at, as_planned=True)


@transaction.atomic
def call_off_termination(
    *, contract: Contract, reason: str, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    """A termination as of a coming day is called off before it: what waited for that day goes its way again."""
    require(by, "contracts.terminate")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if contract.ending_on is None or contract.status != ContractStatus.ACTIVE:
        raise Refused(_("The contract is not to end."), code="wrong_state")
    values = {"ending_on": None, "ending_reason": ""}
    change(contract, values, by=by, at=at, verb="termination_called_off", seen=seen, note=reason)
    termination_called_off.send(Contract, contract=contract, by=by, at=at, on=on)


@transaction.atomic
def reactivate_contract(
    *, contract: Contract, on: date, reason: str, by: User, at: datetime, seen: int | None = None
) -> None:
    """Take a termination back, as long as nothing about the contract was sent since."""
    ended = events_of(contract).filter(verb="terminated").order_by("-pk").first()
    told = OutgoingMail.objects.filter(
        target_type=ContentType.objects.get_for_model(Contract), target_id=contract.pk, status__in=_LEFT
    )
    if ended and told.filter(queued_at__gt=ended.at).exists():
        raise Refused(_("The customer was written to since: it cannot be taken back."), code="sent")
    move(contract, CONTRACT, "reactivated", by=by, at=at, values={"terminated_on": None}, seen=seen, note=reason)
    contract_reactivated.send(Contract, contract=contract, by=by, at=at, on=on)


@transaction.atomic
def set_renewal_wish(
    *,
    contract: Contract,
    by: User,
    at: datetime,
    on: date,
    no_renewal_reason: str = "",
    snoozed_until: date | None = None,
    snooze_reason: str = "",
    seen: int | None = None,
) -> None:
    """Offer no renewal, or not before a day; both with a reason, both taken back by calling it without."""
    require(by, "contracts.edit")
    if snoozed_until and snoozed_until < on:
        raise Refused(_("Choose today or a later day."), field="snoozed_until")
    if snoozed_until and not snooze_reason.strip():
        raise Refused(_("Say why the renewal waits."), field="snooze_reason")
    values = {"no_renewal_reason": no_renewal_reason, "snoozed_until": snoozed_until, "snooze_reason": snooze_reason}
    if change(contract, values, by=by, at=at, verb="renewal_wish", seen=seen):
        renewal_wish_changed.send(Contract, contract=contract, by=by, at=at, on=on)


@transaction.atomic
def hand_over_contracts(*, contracts: Iterable[Contract], to: User, by: User, at: datetime) -> int:
    """Give contracts to another account manager, with the to-dos that hang on them. Returns how many moved."""
    require(by, "contracts.hand_over")
    if to.role != Role.MANAGER or not to.is_active:
        raise Refused(_("Choose an active account manager."), field="to")
    moved = [
        contract
        for contract in contracts
        if change(contract, {"manager": to, "manager_name": ""}, by=by, at=at, verb="handed_over")
    ]
    hand_over_todos(Contract, [contract.pk for contract in moved], to=to)
    contracts_handed_over.send(Contract, contracts=moved, to=to)
    return len(moved)


def hand_over_todos(model: type[Model], ids: Iterable[int], *, to: User) -> None:
    """Give the account manager's open to-dos on these records to the new one."""
    Todo.objects.filter(
        Q(assignee=None, role=Role.MANAGER) | Q(assignee__role=Role.MANAGER),
        target_type=ContentType.objects.get_for_model(model),
        target_id__in=list(ids),
        done_at=None,
    ).update(assignee=to)
