"""A change that takes a second person: asked for, granted or refused, confirmed or undone (docs/rules.md 8.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.changes import kinds, notifications
from base.changes.models import ChangeStatus, PendingChange
from base.changes.queries import deciders, may_decide, of
from base.changes.states import CHANGE
from base.changes.values import pack
from base.chatter.operations import create, move, plain, record, settle_todos
from base.lib.errors import NotAllowed, Refused


@transaction.atomic
def ask_for_change(
    *,
    kind: str,
    target: Model,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> tuple[PendingChange, object]:
    """Keep a change until a second person agrees; the old values stay in force.

    Where nobody else active may agree, it comes into force at once and stays marked as unconfirmed. `old` are the
    values now in force, the fields of the record unless given; `new` is what people read where `values` are keys. An earlier question about the same fields that still
    waits falls away. Returns the change, and what was made if it is in force. Raises what carrying it out raises.
    """
    declared = kinds.named(kind)
    old = old if old is not None else {name: getattr(target, name) for name in values}
    new = new if new is not None else values
    asked = deciders(declared, asked_by=by, target=target)
    change = PendingChange(
        kind=kind,
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        changes={name: [plain(old.get(name)), plain(value)] for name, value in new.items()},
        values=pack(values),
        status=ChangeStatus.WAITING if asked else ChangeStatus.UNCONFIRMED,
        asked_by=by,
        asked_at=at,
        reason=reason.strip()[:200],
    )
    change.target = target
    _replace(change, by=by, at=at)
    create(change, by=by, at=at, verb="change_asked")
    if asked:
        record(target, "change_asked", by=by, at=at, changes=change.changes, note=change.reason)
        notifications.ask(change, asked, at=at)
        return change, None
    made = declared.carry_out(change, by, at)
    notifications.tell_unconfirmed(change, at=at)
    notifications.tell_person(change, at=at)
    return change, made


def _replace(change: PendingChange, *, by: User | None, at: datetime) -> None:
    """Whoever asks again about the same fields means the new values."""
    if kinds.named(change.kind).apart:
        return
    assert change.target is not None
    for earlier in of(change.target).filter(kind=change.kind, status=ChangeStatus.WAITING):
        if earlier.values.keys() <= change.values.keys() and (
            change.values or earlier.asked_by_id == change.asked_by_id
        ):
            values = {"decided_by": by, "decided_at": at}
            move(earlier, CHANGE, "change_withdrawn", by=None, at=at, values=values, note=str(by or ""))
            settle_todos(earlier, by=by, at=at)


@transaction.atomic
def grant_change(*, change: PendingChange, by: User, at: datetime, seen: int | None = None) -> None:
    """Agree to a change that waits, which carries it out; or to one that is in force already.

    Raises `NotAllowed` for the author, the person it is about and whoever lacks the right, `Stale`, and what carrying
    it out raises.
    """
    _decide(change, by)
    step = "change_granted" if change.waits else "change_confirmed"
    waited = change.waits
    _close(change, step, by=by, at=at, seen=seen)
    declared = kinds.named(change.kind)
    if waited and not declared.only_opens:
        declared.carry_out(change, by, at)
        notifications.tell_person(change, at=at)
    elif waited:
        notifications.tell_author(change, at=at)


@transaction.atomic
def refuse_change(*, change: PendingChange, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Say no, with a reason that goes back to the author; what is in force already is taken back.

    Raises as `grant_change`, and `Refused` without a reason.
    """
    _decide(change, by)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    waited = change.waits
    step = "change_refused" if waited else "change_undone"
    _close(change, step, by=by, at=at, seen=seen, answer=reason.strip()[:200])
    if waited:
        assert change.target is not None
        record(change.target, "change_refused", by=by, at=at, changes=change.changes, note=change.answer)
    else:
        kinds.named(change.kind).undo(change, by, at)
        notifications.tell_person(change, at=at)
    notifications.tell_author(change, at=at)


@transaction.atomic
def withdraw_change(*, change: PendingChange, by: User, at: datetime, seen: int | None = None) -> None:
    """Take back what one has asked for, while it waits. Raises `NotAllowed` for anybody but the author."""
    if change.asked_by_id != by.pk:
        raise NotAllowed(_("Only who asked for it can withdraw it."))
    _close(change, "change_withdrawn", by=by, at=at, seen=seen)


def use_change(*, change: PendingChange, by: User, at: datetime) -> None:
    """Whoever asked does what the grant opened the way for, once."""
    move(change, CHANGE, "change_used", by=by, at=at)


def _decide(change: PendingChange, by: User) -> None:
    require(by, kinds.named(change.kind).decides)
    if not may_decide(change, by):
        raise NotAllowed(_("Neither the author nor the person it is about decides."))


def _close(
    change: PendingChange, step: str, *, by: User, at: datetime, seen: int | None = None, answer: str = ""
) -> None:
    values = {"decided_by": by, "decided_at": at, "answer": answer}
    move(change, CHANGE, step, by=by, at=at, values=values, seen=seen, note=answer)
    settle_todos(change, by=by, at=at)
