"""How events and to-dos that the product writes are worded; each app says its own words from `AppConfig.ready`.

Stored are only the code and its values, so that every reader reads them in their own language.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from moneyed import Money

from base.lib.dates import format_day
from base.lib.money import format_money

_events: dict[str, str | Promise] = {}
_todos: dict[str, str | Promise] = {}
_values: dict[str, str | Promise] = {}
#: To-do kind → the action that shows it: those that name a sum.
_needs: dict[str, str] = {}
_BETWEEN: Final = ": "
#: The code that stands where a personal value was, with the key of the event that tells of its erasure.
ERASED: Final = "erased"


def say(
    *,
    events: Mapping[str, str | Promise] | None = None,
    todos: Mapping[str, str | Promise] | None = None,
    values: Mapping[str, str | Promise] | None = None,
    needs: Mapping[str, str] | None = None,
) -> None:
    """Add wordings. `needs` names the action that shows a kind of to-do: one that names a sum has one. A to-do's may hold `%(name)s` for the values it is stored with; `values` are codes that events
    keep as a note, or as old and new of something that is no field of their record, or that a row of the plan keeps
    as its reason. One that was stored `with_value` holds `%(value)s`.
    """
    _events.update(events or {})
    _todos.update(todos or {})
    _values.update(values or {})
    _needs.update(needs or {})


def event_text(verb: str) -> str:
    return str(_events.get(verb, verb))


def with_value(code: str, value: str | date) -> str:
    """A code as it is stored together with the one value its wording needs."""
    return f"{code}{_BETWEEN}{value}"


def is_erased(value: object) -> bool:
    """Whether this stands where a personal value was erased."""
    return isinstance(value, str) and value.startswith(f"{ERASED}{_BETWEEN}")


def value_text(code: str) -> str:
    """What was kept, in the reader's language where it is a code; what a person wrote stays as it is."""
    name, between, value = code.partition(_BETWEEN)
    wording = str(_values.get(name, ""))
    if between and "%(value)s" in wording:
        return wording % {"value": _day_text(value)}
    wording = str(_values.get(code, code))
    return code if "%(value)s" in wording else wording


def _day_text(value: str) -> str:
    """The value as it is, or in the reader's way if it is a day; one that is a code itself in words."""
    try:
        return format_day(date.fromisoformat(value), get_language() or "en")
    except ValueError:
        return value_text(value)


def event_verbs() -> list[str]:
    """Every verb that has a wording."""
    return list(_events)


def todos_shown_by() -> Mapping[str, str]:
    """The kinds of to-dos that are not shown to everybody, each with the action it takes."""
    return _needs


def todo_text(kind: str, params: Mapping[str, object]) -> str:
    """The to-do in the reader's language; a value it lacks leaves the wording as it is."""
    wording = str(_todos.get(kind, kind))
    try:
        return wording % {name: _shown(value) for name, value in params.items()}
    except (KeyError, ValueError):
        return wording


def kept(value: Money | date) -> dict[str, str]:
    """A sum or a day as a to-do keeps it, so that every reader sees it in their own way."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency.code}
    return {"day": value.isoformat()}


def is_sum(value: object) -> bool:
    """Whether a value that a to-do keeps is a sum of money."""
    return isinstance(value, Money) or (isinstance(value, Mapping) and {"amount", "currency"} <= value.keys())


def _shown(value: object) -> object:
    match value:
        case {"amount": str(amount), "currency": str(currency)}:
            return money_text(Money(amount, currency))
        case {"day": str(day)}:
            return format_day(date.fromisoformat(day), get_language() or "en")
        case {"code": str(code)}:
            return value_text(code)
    return value


def money_text(money: Money) -> str:
    """A sum in the language of whoever is being spoken to."""
    return format_money(money, get_language() or "en")
