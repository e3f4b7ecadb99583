"""Setting up the company, editing what is known of it, and changing its working calendar."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps.registry import Apps
from django.core.files import File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, record
from base.company import control
from base.company.logo import keep_logo
from base.company.models import CalendarDay, CalendarYear, Company, WorkWindow
from base.company.queries import company, today
from base.company.signals import approval_limit_changed, calendar_changed
from base.lib.errors import Refused
from base.lib.official_days import OfficialDay, UnreadableDays, read_days_csv, read_notice, seed_days
from base.lib.text import clean
from base.lib.worktime import STANDARD_WINDOWS, DayKind

#: Why a line of a notice or file cannot be taken (`official_days.UnreadableDays`).
_PROBLEMS = {
    "columns": gettext_lazy("the columns must be date, kind and name"),
    "not_a_date": gettext_lazy("there is no such date"),
    "wrong_weekday": gettext_lazy("the date has another weekday, so this may be the notice of another year"),
    "wrong_count": gettext_lazy("so many days off were not found"),
    "ends_before_start": gettext_lazy("the last day comes before the first"),
    "other_year": gettext_lazy("the date is in another year"),
    "not_a_weekend": gettext_lazy("only a Saturday or Sunday can become a working day"),
    "unknown_kind": gettext_lazy("the kind must be holiday or workday"),
    "contradiction": gettext_lazy("the day would be both off and worked"),
    "no_days": gettext_lazy("no days were found"),
}
#: Changed by operations of their own, never with the other settings.
NOT_SETTINGS = frozenset({"id", "version", "mail_on_hold", "calendar_stamp"})


#: Weekday (0 is Monday), from, to.
Window: TypeAlias = tuple[int, time, time]
#: The kind of each changed day before and after; empty is a day like any other of its weekday.
DaysChanged: TypeAlias = Mapping[date, tuple[str, str]]


@dataclass(frozen=True)
class CalendarChange:
    """What a change of the calendar did: the days themselves, and what the floors above moved for it."""

    days: DaysChanged = field(default_factory=dict)
    moved: Sequence[Any] = ()


@transaction.atomic
def set_up(apps: Apps) -> None:
    """Make the company's row where there is none, with usual working hours and the official days known now.

    An existing row is left alone with its calendar: an upgraded package moves no due date (docs/rules.md 3).
    `apps` holds the models as they are after the migration that was just run.
    """
    _company, new = apps.get_model("company", "Company").objects.get_or_create(pk=1)
    if not new:
        return
    window = apps.get_model("company", "WorkWindow")
    year = apps.get_model("company", "CalendarYear")
    day = apps.get_model("company", "CalendarDay")
    window.objects.bulk_create(
        window(weekday=weekday, opens=opens, closes=closes)
        for weekday, stretches in STANDARD_WINDOWS.items()
        for opens, closes in stretches
    )
    known, years = seed_days()
    year.objects.bulk_create(year(year=number, source="chinesecalendar") for number in sorted(years))
    day.objects.bulk_create(day(on=on, kind=kind, name=name, origin="official") for on, kind, name in known)


@transaction.atomic
def edit_company(
    *, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None
) -> CalendarChange:
    """Change the company's settings; a new `logo` is an uploaded PNG or JPEG.

    Another time zone is another calendar, and another review window moves what rests on it. Whose approval a price
    needs, and the bank account, wait for a director (docs/rules.md 8.1). Raises `Refused` for an
    unknown time zone, a sender's address that is not plain ASCII, or a logo that is no picture; ValueError for the
    mail hold, which is no setting; and `Stale`.
    """
    require(by, "company.edit")
    if wrong := NOT_SETTINGS.intersection(values):
        raise ValueError(f"not settings: {', '.join(sorted(wrong))}")
    our_company = company()
    if "time_zone" in values:
        _check_time_zone(values["time_zone"])
    if not str(values.get("sender_email", "")).isascii():
        raise Refused(_("Not every mail server takes this address."), field="sender_email")
    if isinstance(logo := values.get("logo"), File):
        values = {**values, "logo": keep_logo(our_company, logo)}
    before = our_company.time_zone, our_company.review_days
    second = control.takes_a_second(our_company, values, by)
    change(our_company, {name: value for name, value in values.items() if name not in second}, by=by, at=at, seen=seen)
    if "approval_deviation" in values and "approval_deviation" not in second:
        approval_limit_changed.send(Company, by=by, at=at)
    if second:
        control.ask(our_company, second, by=by, at=at)
    unmoved = (our_company.time_zone, our_company.review_days) == before
    return CalendarChange() if unmoved else _announce_change(by=by, at=at)


def read_year(*, year: int, text: str) -> list[OfficialDay]:
    """The official days in a pasted notice of the State Council, or in CSV with the columns date, kind, name.

    A notice may also name last days of the year before. Raises `Refused` with the line and its problem.
    """
    text = text.lstrip("\ufeff \t\r\n")
    try:
        days = read_days_csv(text) if text.lower().startswith("date") else read_notice(text, year)
        for line, day in enumerate(days, 2):
            if day.day.year not in (year - 1, year):
                raise UnreadableDays(line, "other_year", day.day)
    except UnreadableDays as problem:
        raise Refused(
            _("Line %(line)s, “%(found)s”: %(problem)s.")
            % {"line": problem.line, "found": problem.found, "problem": _PROBLEMS[problem.problem]},
            field="text",
            code=problem.problem,
        ) from problem
    if not any(day.day.year == year for day in days):
        raise Refused(_("No day of %(year)s was found.") % {"year": year}, field="text", code="other_year")
    return days


def year_changes(*, year: int, days: Sequence[OfficialDay]) -> dict[date, tuple[str, str]]:
    """Which official days an import would change: the kind before and after by date."""
    new = {day.day: day for day in days}
    old = {row.on: row for row in _official(year, days)}
    return {
        on: (old[on].kind if on in old else "", new[on].kind if on in new else "")
        for on in sorted(old | new)
        if on not in old or on not in new or (old[on].kind, old[on].name) != (new[on].kind, new[on].name)
    }


@transaction.atomic
def import_year(*, year: int, text: str, by: User | None, at: datetime, source: str = "") -> CalendarChange:
    """Make a year official, or correct it: its days are then those of the text (see `read_year`), no others.

    Company days stay. What hangs on the calendar is told and moves in the same transaction. The same text a
    second time changes nothing.
    """
    require(by, "calendar.edit")
    days = read_year(year=year, text=text)
    changed = year_changes(year=year, days=days)
    _row, new = CalendarYear.objects.get_or_create(year=year, defaults={"source": source or _("imported")})
    if not changed and not new:
        return CalendarChange()
    _official(year, days).delete()
    official = CalendarDay.Origin.OFFICIAL
    CalendarDay.objects.bulk_create(
        CalendarDay(on=on, kind=kind, name=name, origin=official) for on, kind, name in days
    )
    return _announce_change(by=by, at=at, verb="year_imported", days=changed, note=str(year))


@transaction.atomic
def set_company_day(*, on: date, kind: DayKind | None, name: str = "", by: User | None, at: datetime) -> CalendarChange:
    """Declare a company's own day off or worked, which wins over the official one; None takes it back."""
    require(by, "calendar.edit")
    own = CalendarDay.objects.filter(on=on, origin=CalendarDay.Origin.COMPANY)
    before = own.first()
    name = clean(name)
    if (before.kind if before else None, before.name if before else "") == (kind, name if kind else ""):
        return CalendarChange()
    own.delete()
    if kind:
        CalendarDay.objects.create(on=on, kind=kind, name=name, origin=CalendarDay.Origin.COMPANY)
    days = {on: (before.kind if before else "", kind or "")}
    return _announce_change(by=by, at=at, verb="company_day_set", days=days, note=name)


@transaction.atomic
def set_windows(*, windows: Sequence[Window], by: User | None, at: datetime) -> CalendarChange:
    """Replace the weekly working hours.

    Raises `Refused` when none is left, or when some overlap or end before they start.
    """
    require(by, "calendar.edit")
    windows = sorted(set(windows))
    if not windows:
        raise Refused(_("Leave at least one stretch of working time."), field="windows", code="no_windows")
    backward = any(opens >= closes for _weekday, opens, closes in windows)
    if backward or any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(windows)):
        text = _("Working times must not overlap, and each must end after it begins.")
        raise Refused(text, field="windows", code="windows")
    before = WorkWindow.objects.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    if list(before) == windows:
        return CalendarChange()
    WorkWindow.objects.all().delete()
    WorkWindow.objects.bulk_create(WorkWindow(weekday=day, opens=a, closes=b) for day, a, b in windows)
    return _announce_change(by=by, at=at, verb="windows_set")


def _official(year: int, days: Sequence[OfficialDay]) -> QuerySet[CalendarDay]:
    """The stored official days an import replaces: the year's, and those it names of the year before."""
    replaced = Q(on__year=year) | Q(on__in={day.day for day in days})
    return CalendarDay.objects.filter(replaced, origin=CalendarDay.Origin.OFFICIAL)


def _announce_change(
    *, by: User | None, at: datetime, verb: str = "", days: DaysChanged | None = None, note: str = ""
) -> CalendarChange:
    days = days or {}
    Company.objects.filter(pk=1).update(calendar_stamp=uuid.uuid4())
    if verb:
        changes = {on.isoformat(): list(kinds) for on, kinds in days.items()}
        record(company(), verb, by=by, at=at, changes=changes, note=note)
    answers = calendar_changed.send(Company, on=today(at), by=by, at=at)
    return CalendarChange(days, [row for _receiver, moved in answers for row in moved or ()])


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise Refused(_("There is no such time zone."), field="time_zone") from problem
