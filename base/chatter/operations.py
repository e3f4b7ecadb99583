"""The only way a record changes: conditionally on what its writer saw, and leaving its event."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require, stands_in
from base.accounts.deputies import holds_today
from base.accounts.models import Role, User
from base.chatter import story
from base.chatter.labels import is_sum, todos_shown_by
from base.chatter.models import Attachment, Event, Follower, Message, Todo, Tracked
from base.lib.errors import Refused, Stale
from base.lib.states import StateTable

T = TypeVar("T", bound=Tracked)
#: What fields are to hold, by their name.
Values: TypeAlias = Mapping[str, Any]


def plain(value: object) -> Any:
    """A field's value as it is kept in an event: text a person can read."""
    match value:
        case None | bool() | int() | str():
            return value
        case Money():
            return f"{value.amount} {value.currency.code}"
        case models.Model():
            return str(value)
        case date() | datetime():
            return value.isoformat()
    return str(value)


def make_event(
    target: models.Model,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> Event:
    """An unsaved event, for batches that write many at once."""
    return Event(
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        verb=verb,
        by=by,
        at=at,
        changes=dict(changes or {}),
        note=note,
        story=story.current(),
    )


def record(
    target: models.Model,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Write down that something happened to the target."""
    event = make_event(target, verb, by=by, at=at, changes=changes, note=note)
    event.save()
    return event


def events_of(target: models.Model) -> models.QuerySet[Event]:
    """What happened to a record, newest first."""
    return Event.objects.filter(target_type=ContentType.objects.get_for_model(target), target_id=target.pk)


def stale() -> Stale:
    """What is raised when somebody else saved the record since it was looked at."""
    return Stale(_("Somebody else changed this record meanwhile. Look at it again, then repeat your change."))


@transaction.atomic
def create(record_: T, *, by: User | None, at: datetime, verb: str = "created") -> T:
    """Store a new record with its event."""
    record_.save(force_insert=True)
    record(record_, verb, by=by, at=at)
    return record_


@transaction.atomic
def change(
    record_: Tracked,
    values: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    verb: str = "changed",
    seen: int | None = None,
    note: str = "",
) -> bool:
    """Set the fields that differ, if the record is still at version `seen` (default: as loaded).

    Raises `Stale` when somebody else saved it meanwhile. Returns whether anything differed.
    """
    model = type(record_)
    changes = _differences(record_, values)
    expected = record_.version if seen is None else seen
    if not changes:
        if expected != record_.version:
            raise stale()
        return False
    columns = _set(record_, {name: values[name] for name in changes})
    won = model._default_manager.filter(pk=record_.pk, version=expected).update(**columns, version=expected + 1)
    if not won:
        raise stale()
    record_.version = expected + 1
    record(record_, verb, by=by, at=at, changes=changes, note=note)
    return True


def _differences(record_: Tracked, values: Values) -> dict[str, list[Any]]:
    """The fields that would change, each as old and new, in the way an event keeps them."""
    return {
        name: [plain(getattr(record_, name)), plain(value)]
        for name, value in values.items()
        if getattr(record_, name) != value
    }


def _set(record_: Tracked, values: Values) -> dict[str, Any]:
    """Set the fields on the record in memory; returns the columns to write. A sum of money has two of them."""
    for name, value in values.items():
        setattr(record_, name, value)
    return {
        field.attname: getattr(record_, field.attname)
        for name in values
        for field in record_._meta.concrete_fields
        if field.name == name or field.name == f"{name}_currency"
    }


@transaction.atomic
def change_many(
    records: Iterable[T],
    values: Values | Callable[[T], Values],
    *,
    by: User | None,
    at: datetime,
    verb: str = "changed",
    note: str = "",
) -> list[T]:
    """Change many records of one model as `change` changes one: each that differs gets its next version and its event.

    `values` are the same for all, or worked out for each. It takes two queries, and one for each different set of
    values. Raises `Stale` when somebody else saved one of the records meanwhile. Returns those that differed.
    """
    values_of = values if callable(values) else lambda _record: values
    wanted = [(record_, values_of(record_)) for record_ in records]
    changes = {record_.pk: _differences(record_, new) for record_, new in wanted}
    differing = [(record_, new) for record_, new in wanted if changes[record_.pk]]
    if not differing:
        return []
    rows = type(differing[0][0])._default_manager.filter(pk__in=[record_.pk for record_, _new in differing])
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    versions = dict(locked.values_list("pk", "version"))
    if any(versions.get(record_.pk) != record_.version for record_, _new in differing):
        raise stale()
    groups: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for record_, new in differing:
        columns = _set(record_, new)
        groups.setdefault(repr(columns), (columns, []))[1].append(record_.pk)
        record_.version += 1
    for columns, ids in groups.values():
        rows.filter(pk__in=ids).update(**columns, version=F("version") + 1)
    changed = [record_ for record_, _new in differing]
    events = [make_event(each, verb, by=by, at=at, changes=changes[each.pk], note=note) for each in changed]
    Event.objects.bulk_create(events, batch_size=500)
    return changed


@transaction.atomic
def move(
    record_: Tracked,
    states: StateTable,
    name: str,
    *,
    by: User | None,
    at: datetime,
    values: Mapping[str, Any] | None = None,
    seen: int | None = None,
    note: str = "",
    field: str = "status",
    verb: str = "",
) -> None:
    """Make a declared move: right role, right state, and nobody was faster.

    Its event is called as the move, or by `verb` where that says more.
    """
    step = states.check(name, getattr(record_, field))
    require(by, step.action)
    change(record_, {field: step.target, **(values or {})}, by=by, at=at, verb=verb or name, seen=seen, note=note)


def move_many(
    records: Sequence[T],
    states: StateTable,
    name: str,
    *,
    by: User | None,
    at: datetime,
    values: Values | Callable[[T], Values] | None = None,
    note: str = "",
    field: str = "status",
) -> None:
    """Make one declared move with many records: each in the right state, at the version it was loaded with.

    It follows from an operation that asked for the right; `by` is whoever caused it. Raises `Refused` (code
    `wrong_state`) or `Stale`, and then nothing has moved.
    """
    for record_ in records:
        states.check(name, getattr(record_, field))
    target = {field: states.move(name).target}
    more = values if callable(values) else lambda _record: values or {}
    change_many(records, lambda record_: {**target, **more(record_)}, by=by, at=at, verb=name, note=note)


def move_rows(rows: models.QuerySet[Any], states: StateTable, name: str, **values: Any) -> int:
    """Make a declared move with rows that keep neither version nor event, such as those of a queue.

    Those in a state from which the move is open take it, in one conditional update; returns how many did.
    """
    step = states.move(name)
    return rows.filter(status__in=step.sources).update(status=step.target, **values)


@transaction.atomic
def write_message(*, target: models.Model, text: str, by: User, at: datetime) -> Message:
    """Say something to colleagues about a record."""
    if not text.strip():
        raise Refused(_("Write something first."), field="text")
    return Message.objects.create(
        target_type=ContentType.objects.get_for_model(target), target_id=target.pk, text=text.strip(), by=by, at=at
    )


def hang_on(target: models.Model, *, instead_of: models.Model) -> None:
    """What people left on a record that goes away (messages, files, to-dos, followers) hangs on another from now on.

    Both are of one model. Events are not moved: they say what happened to the record that was.
    """
    kind = ContentType.objects.get_for_model(target)
    there = Follower.objects.filter(target_type=kind, target_id=target.pk).values_list("user", flat=True)
    Follower.objects.filter(target_type=kind, target_id=instead_of.pk, user__in=list(there)).delete()
    for model in (Message, Todo, Attachment, Follower):
        model.objects.filter(target_type=kind, target_id=instead_of.pk).update(target_id=target.pk)


def make_todo(
    target: models.Model,
    *,
    kind: str,
    due_on: date,
    at: datetime,
    assignee: User | None = None,
    role: str = "",
    text: str = "",
    cause: str | None = None,
    by: User | None = None,
    params: Mapping[str, Any] | None = None,
) -> Todo:
    """An unsaved to-do. With a `cause` it can exist only once; `kind` is shown in the reader's language.

    ValueError for a sum in a kind that does not name the action which shows it (`labels.say(needs=…)`).
    """
    if kind not in todos_shown_by() and any(is_sum(value) for value in (params or {}).values()):
        raise ValueError(f"{kind} names a sum, and no action that shows it")
    return Todo(
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        kind=kind,
        due_on=due_on,
        made_at=at,
        assignee=assignee,
        role=role,
        text=text,
        cause=cause,
        made_by=by,
        params=dict(params or {}),
    )


def write_todos(todos: Iterable[Todo]) -> None:
    """Store to-dos; those whose cause already has one are left as they are.

    What would be for a closed log-in is for its deputy, else for whoever has its role.
    """
    found = list(todos)
    for todo in found:
        if todo.assignee is not None and not todo.assignee.is_active:
            todo.assignee, todo.role = heir_of(todo.assignee)
    Todo.objects.bulk_create(found, ignore_conflicts=True)


def heir_of(closed: User) -> tuple[User | None, str]:
    """Who does what a closed log-in would have done: its deputy, or nobody yet and the role that hands such work out."""
    deputy = closed.deputy if holds_today(closed.deputy_from, closed.deputy_until) else None
    if deputy is not None and deputy.is_active and stands_in(deputy.role, closed.role):
        return deputy, ""
    return None, Role.SERVICE_MANAGER if closed.role == Role.ENGINEER else closed.role


@transaction.atomic
def finish_todo(*, todo: Todo, by: User, at: datetime) -> None:
    """Tick off a to-do. Raises `Refused` when it is done already."""
    if not Todo.objects.filter(pk=todo.pk, done_at=None).update(done_at=at, done_by=by):
        raise Refused(_("This is done already."))


def settle_todos(target: models.Model | Iterable[models.Model], *kinds: str, by: User | None, at: datetime) -> None:
    """What these to-dos asked for is done: tick them off, whoever they were for. Without kinds, all the product wrote."""
    targets = [target] if isinstance(target, models.Model) else list(target)
    if not targets:
        return
    open_ones = Todo.objects.filter(
        target_type=ContentType.objects.get_for_model(targets[0]),
        target_id__in=[each.pk for each in targets],
        done_at=None,
    )
    chosen = open_ones.filter(kind__in=kinds) if kinds else open_ones.exclude(cause=None)
    chosen.update(done_at=at, done_by=by)
