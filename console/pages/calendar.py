"""The working calendar: a year at a glance, days of our own, working hours, and a year's official days brought in."""

from calendar import Calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.accounts.access import ANYONE, action
from base.company import operations
from base.company.models import CalendarDay, CalendarYear
from base.company.operations import CalendarChange
from base.company.queries import calendar, days, windows
from base.lib.errors import Refused
from base.lib.official_days import english_name
from base.lib.worktime import DayRule, WorkCalendar
from base.ui import registry
from base.ui.forms import refuse
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.views.edit import FORM_STATUS
from console import jobs
from console.forms import WEEKDAYS, DayForm, HoursForm, NoticeForm, hours_text
from console.moved import moved_line
from console.pages.company import hours_lines

#: Years one may look at: those known, and so many around today; so many of them are offered at once.
_AROUND, _OFFERED = 2, 5
#: Lines of what moved; the rest is a number.
_SHOWN = 300


@dataclass(frozen=True)
class Day:
    """One day of the year view. `kind` is its colour: worked, weekend, holiday, workday (made up for)."""

    on: date
    kind: str
    own: bool
    name: str
    today: bool


@action(ANYONE)
@require_safe
def year(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """All months of a year, with what is declared for its days."""
    look = Look.of(request)
    return _show(request, look, look.today.year if year is None else year)


def _show(request: HttpRequest, look: Look, shown: int, form: Form | None = None) -> HttpResponse:
    known = {row.year: row for row in CalendarYear.objects.all()}
    years = sorted({*known, *range(look.today.year - _AROUND, look.today.year + _AROUND + 1)})
    if shown not in years:
        raise Http404(shown)
    own, rules = calendar(), days()
    start = {"on": request.GET.get("on") or look.today, "kind": CalendarDay.Kind.HOLIDAY}
    declared = CalendarDay.objects.filter(on__year=shown).order_by("on", "-origin")
    context = {
        "look": look,
        "year": shown,
        "years": [(each, each in known) for each in _near(years, shown)],
        "earlier": shown - 1 if shown - 1 in years else None,
        "later": shown + 1 if shown + 1 in years else None,
        "official": known.get(shown),
        "months": [_month(shown, month, own, rules, look) for month in range(1, 13)],
        "weekdays": _weekdays(),
        "declared": [(row, _name(row.name, look)) for row in declared],
        "workdays": sum(1 for each in _days_of(shown) if own.is_workday(each)),
        "hours": hours_lines(),
        "may_edit": look.may("calendar.edit"),
        "form": form or DayForm(initial=start, look=look),
    }
    status = FORM_STATUS if form is not None and form.errors else 200
    return TemplateResponse(request, "console/calendar/year.html", context, status=status)


def _near(years: list[int], shown: int) -> list[int]:
    """Some of the years, the one that is shown as near to their middle as there are years."""
    first = min(max(years.index(shown) - _OFFERED // 2, 0), max(len(years) - _OFFERED, 0))
    return years[first : first + _OFFERED]


def _weekdays() -> list[tuple[str, str]]:
    """Each weekday as one character, and its whole name: M of Monday, 一 of 星期一."""
    return [(str(name)[-1] if str(name)[0] == "星" else str(name)[0], str(name)) for name in WEEKDAYS]


def _days_of(shown: int) -> Iterator[date]:
    first = date(shown, 1, 1).toordinal()
    return map(date.fromordinal, range(first, date(shown + 1, 1, 1).toordinal()))


def _month(shown: int, month: int, own: WorkCalendar, rules: Mapping[date, DayRule], look: Look) -> dict[str, Any]:
    weeks = [
        [_day(each, own, rules.get(each), look) if each.month == month else None for each in week]
        for week in Calendar().monthdatescalendar(shown, month)
    ]
    return {"first": date(shown, month, 1), "weeks": weeks}


def _day(on: date, own: WorkCalendar, rule: DayRule | None, look: Look) -> Day:
    if rule is None:
        kind = "worked" if own.is_workday(on) else "weekend"
        return Day(on, kind, own=False, name="", today=on == look.today)
    return Day(on, rule.kind, own=rule.origin == "company", name=_name(rule.name, look), today=on == look.today)


def _name(name: str, look: Look) -> str:
    return name if look.language.startswith("zh") else english_name(name)


@action("calendar.edit")
@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    """Declare a day of our own, or take one back."""
    look = Look.of(request)
    form = DayForm(request.POST, look=look)
    if not form.is_valid():
        return _show(request, look, look.today.year, form)
    data = form.cleaned_data
    kind = None if "remove" in request.POST else data["kind"]
    if jobs.moves_much(look):
        return _by_job("day", {"on": data["on"].isoformat(), "kind": kind, "name": data["name"]}, look)
    change = operations.set_company_day(on=data["on"], kind=kind, name=data["name"], by=look.user, at=look.now)
    return _moved(request, look, change, data["on"].year)


@action("calendar.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The weekly working hours, a line a weekday."""
    look = Look.of(request)
    stored = {f"day{number}": hours_text(windows().get(number, ())) for number in range(7)}
    form = HoursForm(request.POST if request.method == "POST" else None, initial=stored, look=look)
    if request.method == "POST" and form.is_valid():
        if jobs.moves_much(look):
            return _by_job(
                "hours", {"windows": [[day, f"{a:%H:%M}", f"{b:%H:%M}"] for day, a, b in form.windows]}, look
            )
        try:
            change = operations.set_windows(windows=form.windows, by=look.user, at=look.now)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _moved(request, look, change, look.today.year)
    context = {"form": form, "look": look}
    status = FORM_STATUS if form.errors else 200
    return TemplateResponse(request, "console/calendar/hours.html", context, status=status)


@action("calendar.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """A year's official days: read, shown, and stored once somebody has looked at them."""
    look = Look.of(request)
    wanted = whole(request.GET.get("year")) or look.today.year + 1
    posted = request.method == "POST"
    form = NoticeForm(request.POST if posted else None, request.FILES or None, initial={"year": wanted}, look=look)
    context: dict[str, Any] = {"form": form, "look": look}
    if posted and form.is_valid():
        shown, text = form.cleaned_data["year"], form.cleaned_data["text"]
        try:
            if "confirmed" in request.POST and jobs.moves_much(look):
                return _by_job("year", {"year": shown, "text": text, "source": _source(text)}, look)
            if "confirmed" in request.POST:
                change = operations.import_year(year=shown, text=text, by=look.user, at=look.now, source=_source(text))
                return _moved(request, look, change, shown)
            context |= _preview(shown, text, look)
        except Refused as refusal:
            refuse(form, refusal)
    status = FORM_STATUS if form.errors else 200
    return TemplateResponse(request, "console/calendar/import.html", context, status=status)


def _source(text: str) -> str:
    return (
        _("CSV file") if text.lstrip("\ufeff \t\r\n").lower().startswith("date") else _("notice of the State Council")
    )


def _preview(shown: int, text: str, look: Look) -> dict[str, Any]:
    """Every day that was read, and what is stored for it now."""
    found = operations.read_year(year=shown, text=text)
    changed = operations.year_changes(year=shown, days=found)
    named = {each.day: _name(each.name, look) for each in found}
    lines = [
        (on, named.get(on, ""), *changed.get(on, (each_kind, each_kind))) for on, each_kind in _kinds(found, changed)
    ]
    return {
        "year": shown,
        "text": text,
        "lines": lines,
        "changed": len(changed),
        "new": not CalendarYear.objects.filter(year=shown).exists(),
    }


def _kinds(found: Any, changed: Any) -> list[tuple[date, str]]:
    kinds = {each.day: each.kind for each in found}
    return [(on, kinds.get(on, "")) for on in sorted({*kinds, *changed})]


def _by_job(what: str, values: Mapping[str, Any], look: Look) -> HttpResponse:
    return HttpResponseRedirect(registry.address(jobs.ask_change(what, values, look), look))


def _moved(request: HttpRequest, look: Look, change: CalendarChange, shown: int) -> HttpResponse:
    """Back to the year; where planned things moved, first the list of them."""
    found = [moved_line(row) for row in change.moved]
    if not found:
        messages.success(request, _("The calendar is stored. Nothing planned had to move."))
        return HttpResponseRedirect(reverse("calendar_year", args=[shown]))
    context = {"look": look, "year": shown, "found": found[:_SHOWN], "count": len(found), "days": len(change.days)}
    return TemplateResponse(request, "console/calendar/moved.html", context)
