"""How one value looks: as HTML on screen, as plain text in a file, and on which side of its column."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from djmoney.models.fields import MoneyField
from moneyed import Money

from base.lib.money import format_money
from base.ui.look import Look

if TYPE_CHECKING:
    from base.ui.paths import AnyField

EMPTY = mark_safe('<span class="nil" aria-hidden="true">–</span>')


def day_text(value: date, language: str) -> str:
    """2026-11-22, or 2026年11月22日 in Chinese."""
    if language.startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return value.isoformat()


def distance(value: date, today: date) -> str:
    """The way from today to a day in words a person uses."""
    return _way((value - today).days)


def _way(days: int) -> str:
    match days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("yesterday")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}


def day_html(value: date, look: Look) -> SafeString:
    """A day; hovering tells how far it is."""
    return _day(value, look.today, look.language)


# A list shows hundreds of days, and most pages the same ones.
@lru_cache(maxsize=20_000)
def _day(value: date, today: date, language: str) -> SafeString:
    with override(language):
        words = escape(distance(value, today))
    return SafeString(f'<time datetime="{value.isoformat()}" title="{words}">{day_text(value, language)}</time>')


def due_html(value: date, look: Look, *, near: int = 30, open_: bool = True) -> SafeString:
    """A day that asks for something: the date, how far it is, and red with the word once it is over."""
    if not open_ or (value - look.today).days > 366:
        return _day(value, look.today, look.language)
    return _due(value, look.today, look.language, near)


@lru_cache(maxsize=20_000)
def _due(value: date, today: date, language: str, near: int) -> SafeString:
    days = (value - today).days
    tone = "text-danger" if days < 0 else "text-warning-strong" if days <= near else "text-secondary"
    with override(language):
        late = ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days} if days < 0 else ""
        words = escape(late or _way(days))
    return SafeString(
        f'<time datetime="{value.isoformat()}" class="due">{day_text(value, language)}'
        f' <small class="{tone}">{words}</small></time>'
    )


def range_text(first: str, last: str) -> str:
    """From and to as one text; either may be open."""
    if first and last:
        return f"{first} – {last}"
    return _("from %(start)s") % {"start": first} if first else _("up to %(end)s") % {"end": last}


def moment_text(value: datetime, language: str) -> str:
    local = timezone.localtime(value)
    return f"{day_text(local.date(), language)} {local:%H:%M}"


def percent_text(value: Decimal) -> str:
    """0.2000 is 20 %, 0.0825 is 8.25 %; Chinese writes 20%."""
    return f"{(value * 100).normalize():f}{'' if (get_language() or '').startswith('zh') else ' '}%"


def money_html(value: Money, look: Look) -> SafeString:
    tone = " text-danger" if value.amount < 0 else ""
    return SafeString(f'<span class="money{tone}">{escape(format_money(value, look.language))}</span>')


def badge(text: object, colour: str) -> SafeString:
    """A coloured word; the colours are those of `static/css/ui.css`, all legible in both themes."""
    return SafeString(f'<span class="tag tag-{escape(colour)}">{escape(capfirst(str(text)))}</span>')


def escaped(value: object) -> str:
    """Safe markup as it is, anything else escaped. Django's own does the same five times slower, once a cell."""
    return value if isinstance(value, SafeString) else escape(str(value))


def html(value: object, look: Look, href: Callable[[models.Model, Look], str] | None = None) -> SafeString | str:
    """A value as a person reads it. `href` gives the address of a related record this person may open."""
    match value:
        case None | "":
            return EMPTY
        case bool():
            return format_html(
                '<i class="ti ti-{}" aria-hidden="true"></i> {}', "check" if value else "minus", text(value, look)
            )
        case Money():
            return money_html(value, look)
        case datetime():
            return format_html('<time datetime="{}">{}</time>', value.isoformat(), moment_text(value, look.language))
        case date():
            return day_html(value, look)
        case models.Model():
            url = href(value, look) if href else ""
            return SafeString(f'<a href="{url}">{escape(str(value))}</a>') if url else str(value)
        case SafeString():
            return value
        case str() if "\n" in value or "://" in value:
            return format_html('<span class="prose">{}</span>', mark_safe(urlize(value, autoescape=True)))  # noqa: S308 (escaped)
    return str(value)


def text(value: object, look: Look) -> str:
    """A value as one line without markup."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case Money():
            return format_money(value, look.language)
        case datetime():
            return moment_text(value, look.language)
        case date():
            return day_text(value, look.language)
    return str(value)


def month_text(value: date, language: str) -> str:
    return f"{value.year}年{value.month}月" if language.startswith("zh") else date_format(value, "M Y")


def is_number(field: "AnyField | None") -> bool:
    """Whether values of the field are compared by their digits and so stand on the right."""
    return (
        isinstance(field, (MoneyField, models.DecimalField, models.IntegerField, models.FloatField))
        and not field.choices
    )
