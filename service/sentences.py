"""Promised times and the way to a deadline, in words."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.company.queries import zone
from base.lib.dates import format_moment
from base.lib.official_days import english_name
from service import labels
from service.choices import CommitmentKind, CommitmentUnit, FeeUnit
from service.enums import Unit
from service.explain import Stretch
from service.models import Commitment
from service.promises.commitment_status import Kept
from service.rules import Promise, Standing, Target

_WHY = {
    "clock": _("day and night"),
    "working_hours": _("working hours"),
    "make_up_day": _("a day worked instead"),
    "outside_hours": _("outside working hours"),
    "day_off": _("day off"),
    "holiday": _("holiday"),
    "paused": _("waiting for the customer"),
    "report_day": _("the day of the report does not count"),
    "working_day": _("working day"),
}


def why_text(stretch: Stretch, language: str) -> str:
    """Why a stretch counted or not, with the holiday's name."""
    text = str(_WHY[stretch.why])
    if not stretch.name:
        return text
    return f"{text}: {stretch.name if language.startswith('zh') else english_name(stretch.name)}"


def target_text(target: Target) -> str:
    """`30 min`, `6 h`, `2 working days`; minutes of working hours say so."""
    if target.unit == Unit.DAYS:
        return ngettext("%(n)s working day", "%(n)s working days", target.amount) % {"n": target.amount}
    hours, minutes = divmod(target.amount, 60)
    parts = [gettext("%(n)s h") % {"n": hours}] if hours else []
    parts += [gettext("%(n)s min") % {"n": minutes}] if minutes else []
    text = " ".join(parts)
    return gettext("%(time)s of working hours") % {"time": text} if target.unit == Unit.BUSINESS else text


def span_text(span: timedelta) -> str:
    """How long something took: `2 d 3 h`, `3 h 5 min`, `40 min`."""
    minutes = round(span.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return gettext("%(d)s d %(h)s h") % {"d": days, "h": hours}
    if hours:
        return gettext("%(h)s h %(m)s min") % {"h": hours, "m": minutes % 60}
    return gettext("%(n)s min") % {"n": minutes}


def left_text(due: datetime, now: datetime) -> str:
    """How long there is until a deadline, or how long it is over."""
    if due < now:
        return gettext("%(time)s over") % {"time": span_text(now - due)}
    return gettext("%(time)s left") % {"time": span_text(due - now)}


#: How a target is typed: 30m, 6h, 240b (minutes of working hours), 2d (working days); spaces and the words of both languages go.
_TYPED = re.compile(r"(\d{1,5})\s*(m|min|分|分钟|h|小时|b|d|天|个?工作日)", re.IGNORECASE)


def typed_target(text: str) -> Target:
    """What a person typed as a promised time. ValueError for anything else, or for no time at all."""
    found = _TYPED.fullmatch(text.strip())
    amount = int(found[1]) if found else 0
    if not found or not amount:
        raise ValueError(f"no promised time: {text!r}")
    match found[2].lower():
        case "h" | "小时":
            return Target(Unit.CLOCK, amount * 60)
        case "b":
            return Target(Unit.BUSINESS, amount)
        case "m" | "min" | "分" | "分钟":
            return Target(Unit.CLOCK, amount)
    return Target(Unit.DAYS, amount)


def target_typed(target: Target) -> str:
    """The target as it would be typed."""
    if target.unit == Unit.CLOCK:
        return f"{target.amount // 60}h" if target.amount % 60 == 0 else f"{target.amount}m"
    return f"{target.amount}{'b' if target.unit == Unit.BUSINESS else 'd'}"


def promise_text(promise: Promise) -> str:
    """All legs of a class in one line."""
    return " · ".join(f"{labels.LEGS[leg]} {target_text(target)}" for leg, target in promise.items())


def moment_text(moment: datetime) -> str:
    """A moment in the company's time zone, the same in every language."""
    return str(formats.date_format(moment.astimezone(zone()), "Y-m-d H:i"))


def mail_moment(moment: datetime) -> str:
    """A moment in the company's time zone as a mail writes it, in the language of its reader."""
    return format_moment(moment.astimezone(zone()), get_language() or settings.LANGUAGE_CODE)


STANDINGS = {
    Standing.OPEN: pgettext_lazy("commitment", "open"),
    Standing.KEPT: pgettext_lazy("commitment", "kept"),
    Standing.BROKEN: pgettext_lazy("commitment", "broken"),
    Standing.STANDING: pgettext_lazy("commitment", "in force"),
    Standing.BEFORE: pgettext_lazy("commitment", "before our records"),
}
STANDING_COLOURS = {
    Standing.OPEN: "blue",
    Standing.KEPT: "green",
    Standing.BROKEN: "red",
    Standing.STANDING: "teal",
    Standing.BEFORE: "secondary",
}


def amount_text(amount: Decimal | None, unit: str) -> str:
    """`2 sessions`, `0.5 days`; nothing where nothing was counted."""
    if amount is None:
        return ""
    number = f"{amount.normalize():f}"
    # Only one itself is singular: half a day counts 0.5 days.
    count = 1 if amount == 1 else 2
    match unit:
        case CommitmentUnit.SESSIONS:
            text = ngettext("%(n)s session", "%(n)s sessions", count)
        case CommitmentUnit.DAYS:
            text = ngettext("%(n)s day", "%(n)s days", count)
        case CommitmentUnit.DOCUMENTS:
            text = ngettext("%(n)s document", "%(n)s documents", count)
        case CommitmentUnit.VISITS:
            text = ngettext("%(n)s inspection", "%(n)s inspections", count)
        case _:
            return f"{number} %" if unit == CommitmentUnit.PERCENT else number
    return text % {"n": number}


def given_text(commitment: Commitment, kept: Kept) -> str:
    """What was given of a promise: a number of what it counts, kept and broken times, or what a person said of it."""
    if commitment.confirmed_on:
        return f"{commitment.confirmed_note} ({commitment.confirmed_on})"
    if kept.given is None or commitment.kind == CommitmentKind.MANAGER:
        return ""
    if commitment.kind in (CommitmentKind.IN_TIME, CommitmentKind.ANSWERS):
        if not kept.given and not kept.broken:
            return gettext("nothing was reported")
        return gettext("%(kept)s kept, %(broken)s broken") % {"kept": kept.given, "broken": kept.broken}
    if not kept.given and not commitment.amount:
        return ""
    is_visit = commitment.kind == CommitmentKind.INSPECTIONS
    text = amount_text(kept.given, commitment.unit or (CommitmentUnit.VISITS if is_visit else ""))
    return gettext("%(text)s; %(n)s not recorded") % {"text": text, "n": kept.skipped} if kept.skipped else text


def late_text(units: int, unit: str) -> str:
    """How late something was, in the units a clause counts; nothing for none."""
    if not units:
        return ""
    if unit == FeeUnit.HOUR:
        return gettext("%(n)s h") % {"n": units}
    return amount_text(Decimal(units), CommitmentUnit.DAYS)
