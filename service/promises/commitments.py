"""Operations on promises beside faults: written down with the contract, kept by deliveries, told of when they lapse."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.files import add_attachment
from base.chatter.models import Event, Todo
from base.chatter.operations import change, create, make_event, make_todo, settle_todos, write_todos
from base.company.queries import company, today
from base.lib.errors import Refused
from contracts.models import Contract
from service.models import Commitment, CommitmentTemplate, Delivery
from service.models.commitments import Promise
from service.promises.commitment_status import gather, keep, keep_all, records_of
from service.rules import Standing

#: The label of the sheet of attendance, or of the receipt, among a delivery's files.
PROOF = "proof"
_PROMISE_FIELDS = [field.name for field in Promise._meta.fields if field.name != "version"]
#: So many lapsed commitments are told of in one transaction.
_CHUNK = 200


def template() -> QuerySet[CommitmentTemplate]:
    """The promises that new contracts begin with."""
    return CommitmentTemplate.objects.filter(active=True)


@transaction.atomic
def write_commitments(*, contract: Contract, by: User | None, at: datetime) -> list[Commitment]:
    """Give a contract the promises of the template that it does not have yet; a kind it has is left as it is.

    Raises `Refused` when there is nothing to add.
    """
    require(by, "commitments.edit")
    has = set(contract.commitments.values_list("kind", "text"))
    kinds = {kind for kind, _text in has}
    found = [
        each
        for each in template()
        if (each.kind, each.text) not in has and (each.kind == "other" or each.kind not in kinds)
    ]
    if not found:
        raise Refused(_("The contract has all promises of the template."), code="nothing")
    hotline = company().hotline
    made = [
        Commitment(
            contract=contract,
            **{name: getattr(each, name) for name in _PROMISE_FIELDS if name != "phone"},
            phone=each.phone or hotline,
            due_on=_due(each, contract),
        )
        for each in found
    ]
    Commitment.objects.bulk_create(made)
    Event.objects.bulk_create([make_event(each, "created", by=by, at=at) for each in made])
    return made


def _due(promise: Promise, contract: Contract) -> date | None:
    """So many days after the station; None while the contract has not come to it, or nothing is due."""
    reached: date | None = getattr(contract, f"{promise.milestone}_on") if promise.milestone else None
    return reached + timedelta(days=promise.offset_days) if reached else None


@transaction.atomic
def save_commitment(
    *, commitment: Commitment, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> Commitment:
    """Write a promise down, or word it anew; its day follows from the contract's station."""
    require(by, "commitments.edit")
    contract = values.get("contract") or commitment.contract
    draft = Commitment(**{name: values.get(name, getattr(commitment, name)) for name in _PROMISE_FIELDS})
    values = {**values, "due_on": _due(draft, contract)}
    if commitment.pk is None:
        for name, value in values.items():
            setattr(commitment, name, value)
        return create(commitment, by=by, at=at)
    if values["due_on"] != commitment.due_on or "amount" in values:
        values |= {"alarmed_at": None, "lapsed": False}
    change(commitment, values, by=by, at=at, seen=seen)
    return commitment


@transaction.atomic
def confirm_commitment(
    *, commitment: Commitment, kept_on: date, note: str, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    """Say by hand that a promise was kept: only where no record can prove it."""
    require(by, "commitments.edit")
    if not keep(commitment, records_of(commitment.contract, on)).by_hand:
        raise Refused(_("This is counted from the records: it cannot be ticked by hand."), code="counted")
    if kept_on > on:
        raise Refused(_("It cannot lie in the future."), field="kept_on")
    if not note.strip():
        raise Refused(_("Say how it is known."), field="note")
    values = {"confirmed_on": kept_on, "confirmed_note": note}
    change(commitment, values, by=by, at=at, verb="confirmed", seen=seen)
    settle_todos(commitment, by=by, at=at)


@transaction.atomic
def follow_milestones(*, contract: Contract, by: User | None, at: datetime) -> None:
    """A station of the contract has another day: what is promised for it is due on another one."""
    for commitment in contract.commitments.exclude(milestone=""):
        due = _due(commitment, contract)
        if due != commitment.due_on:
            change(commitment, {"due_on": due, "alarmed_at": None, "lapsed": False}, by=by, at=at, verb="moved")


# --- what was given -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_delivery(
    *, delivery: Delivery, values: Mapping[str, Any], by: User, at: datetime, on: date, seen: int | None = None
) -> Delivery:
    """Write down a training, days on site, documents or an upgrade. A `file` is its proof and is kept with it."""
    require(by, "deliveries.edit")
    values = dict(values)
    proof: File[bytes] | None = values.pop("file", None)
    first, last = values["first_day"], values.get("last_day") or values["first_day"]
    if last < first:
        raise Refused(_("It cannot end before it begins."), field="last_day")
    if last > on:
        raise Refused(_("Write it down once it was given."), field="last_day")
    values["last_day"] = last
    if values["kind"] == "training" and not values.get("days"):
        values["days"] = (last - first).days + 1
    if delivery.pk is None:
        for name, value in values.items():
            setattr(delivery, name, value)
        create(delivery, by=by, at=at)
    else:
        change(delivery, values, by=by, at=at, seen=seen)
    if proof:
        prove_delivery(delivery=delivery, proof=proof, by=by, at=at)
    _take_back(delivery.contract, by=by, at=at)
    return delivery


@transaction.atomic
def prove_delivery(
    *, delivery: Delivery, proof: "File[bytes]", by: User, at: datetime, seen: int | None = None
) -> None:
    """Attach the sheet of attendance or the receipt: from now on it counts."""
    require(by, "deliveries.edit")
    add_attachment(target=delivery, upload=proof, by=by, at=at, label=PROOF)
    change(delivery, {"proven": True}, by=by, at=at, verb="proven", seen=seen)
    _take_back(delivery.contract, by=by, at=at)


def _take_back(contract: Contract, *, by: User | None, at: datetime) -> None:
    """What was told to have lapsed, and is proven now to have been kept in time, has not lapsed."""
    for commitment, kept in keep_all(contract, today(at)) if contract.commitments.filter(lapsed=True).exists() else []:
        if commitment.lapsed and kept.standing != Standing.BROKEN:
            change(commitment, {"lapsed": False}, by=by, at=at, verb="proven")
            settle_todos(commitment, by=by, at=at)


# --- what lapses ----------------------------------------------------------------------------------------------------


def notify_of_lapsed(*, on: date, at: datetime) -> int:
    """Alarm of promises whose day has passed without; how many. Looks only at what is due and was not told of yet."""
    told = 0
    while found := _notify_some(on, at):
        told += found
    return told


@transaction.atomic
def _notify_some(on: date, at: datetime) -> int:
    due = Commitment.objects.filter(alarmed_at=None, due_on__lt=on).order_by("due_on", "pk")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("contract__manager")[:_CHUNK])
    records = gather([row.contract for row in rows], on)
    lapsed = [row for row in rows if keep(row, records[row.contract_id]).standing == Standing.BROKEN]
    write_todos(_todos(lapsed, on, at))
    for row in lapsed:
        change(row, {"lapsed": True}, by=None, at=at, verb="lapsed")
    Commitment.objects.filter(pk__in=[row.pk for row in rows]).update(alarmed_at=at)
    return len(rows)


def _todos(lapsed: Iterable[Commitment], on: date, at: datetime) -> Iterable[Todo]:
    """To the account manager, and to the service manager or whoever is responsible."""
    for row in lapsed:
        people = [
            (row.contract.manager, Role.MANAGER),
            (row.responsible, "" if row.responsible else Role.SERVICE_MANAGER),
        ]
        for person, role in people:
            yield make_todo(
                row,
                kind="commitment_lapsed",
                due_on=on,
                at=at,
                assignee=person,
                role="" if person else role,
                cause=f"commitment_lapsed:{row.pk}:{row.due_on}:{role or 'person'}",
                params={"contract": row.contract.number, "promise": row.text},
            )
