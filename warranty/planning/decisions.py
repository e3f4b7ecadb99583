"""What becomes of a row of the plan on a day. Pure: each kind's `decide` answers with one of these."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import TextChoices

from base.chatter.labels import with_value


@dataclass(frozen=True)
class Leaves:
    """It is carried out: what it writes leaves by itself."""


@dataclass(frozen=True)
class ByHand:
    """It is carried out, but a person gets a to-do of the kind `todo` in place of the mail to the customer."""

    todo: str
    reason: TextChoices


@dataclass(frozen=True)
class Waits:
    """It stays planned and is asked again by the next run, or on the day `until` where that is known.

    `value` is what the reason's label needs; `todo` is the kind of to-do that says what it waits for.
    """

    reason: TextChoices
    value: str = ""
    todo: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Skipped:
    """It will not be carried out any more."""

    reason: TextChoices
    value: str = ""


Decision: TypeAlias = Leaves | ByHand | Waits | Skipped


def stored_reason(decision: Decision) -> str:
    """Why it waits or was skipped, as the row keeps it (`base.chatter.labels`); empty where it is carried out."""
    return "" if isinstance(decision, Leaves | ByHand) else code_of(decision)


def code_of(decision: Decision) -> str:
    """Why nothing leaves by itself, as a code with its value; empty where it does."""
    match decision:
        case Leaves():
            return ""
        case ByHand(reason=reason):
            return str(reason.value)
        case Waits(reason=reason, value=value) | Skipped(reason=reason, value=value):
            return with_value(reason.value, value) if value else str(reason.value)
