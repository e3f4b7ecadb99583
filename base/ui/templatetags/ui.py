"""How values look in templates: `{{ sum|money }}`, `{{ day|day }}`, `{{ rate|percent }}`, `{{ status|badge:"green" }}`."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django import forms, template
from django.db.models import Model
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from moneyed import Money

from base.accounts.models import Role
from base.chatter import labels
from base.chatter.models import Todo
from base.company.clock import now
from base.company.queries import today
from base.lib.money import format_money
from base.ui import cells, registry
from base.ui.answers import answers_of
from base.ui.forms import TodoForm
from base.ui.look import Look, Text
from base.ui.page import AnyPage
from base.ui.record import Line

register = template.Library()


class HasStatus(Protocol):
    """A record with a status among choices."""

    status: str

    def get_status_display(self) -> str: ...


def _language() -> str:
    return translation.get_language() or "en"


def _look(context: Context) -> Look:
    look = context.get("look")
    return look if isinstance(look, Look) else Look.of(context["request"])


@register.filter
def money(value: Money | None) -> SafeString | str:
    """A sum with its currency; negative ones are red as well."""
    if value is None:
        return cells.EMPTY
    tone = " text-danger" if value.amount < 0 else ""
    return format_html('<span class="money{}">{}</span>', tone, format_money(value, _language()))


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> SafeString | str:
    """A date in the reader's way of writing; hovering tells how far it is."""
    return cells.EMPTY if value is None else cells.day_html(value, _look(context))


@register.simple_tag(takes_context=True)
def due(context: Context, value: date | None, *, near: int = 30, is_open: bool = True) -> SafeString | str:
    """A date that asks for something: with the distance in words, amber when near, red when overdue."""
    return cells.EMPTY if value is None else cells.due_html(value, _look(context), near=near, open_=is_open)


@register.filter(name="day")
def day_filter(value: date | None) -> SafeString | str:
    """The same without a context, as `{{ value|day }}`; asks the company for its day."""
    if value is None:
        return cells.EMPTY
    language = _language()
    if isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), cells.moment_text(value, language))
    title = cells.distance(value, today(now()))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), title, cells.day_text(value, language)
    )


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A point in time to the minute."""
    if value is None:
        return cells.EMPTY
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), cells.moment_text(value, _language()))


@register.filter
def percent(value: Decimal | None) -> SafeString | str:
    """A share of one as per cent."""
    return cells.EMPTY if value is None else cells.percent_text(value)


@register.filter
def badge(text: object, colour: str = "secondary") -> SafeString:
    return cells.badge(text, colour)


@register.filter
def state(record: HasStatus, colours: Mapping[str, str]) -> SafeString:
    """The record's state as a coloured word."""
    return cells.badge(record.get_status_display(), colours.get(record.status, "secondary"))


@register.filter
def role_name(role: str) -> str:
    return str(dict(Role.choices).get(role, role))


@register.filter
def todo_text(todo: Todo) -> str:
    """What is to be done: a person's own words, else the product's in the reader's language."""
    return todo.text or labels.todo_text(todo.kind, todo.params)


@register.simple_tag(takes_context=True)
def todo_answers(context: Context, todo: Todo) -> list[tuple[Text, str]]:
    """The answers this person may give to a to-do that asks something, each with its address."""
    return answers_of(todo, _look(context))


@register.filter
def local_day(value: datetime) -> date:
    return timezone.localtime(value).date()


@register.filter
def clock(value: datetime) -> str:
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def file_icon(mime: str) -> str:
    known = {"application/pdf": "file-type-pdf", "image": "photo", "text": "file-text"}
    return (
        known.get(mime)
        or known.get(mime.partition("/")[0])
        or ("file-spreadsheet" if "sheet" in mime or "excel" in mime else "file")
    )


@register.simple_tag
def subtitle(page: AnyPage, record: Model) -> Text:
    """What stands under a record's name: `{% subtitle page record %}`."""
    return page.subtitle(record)


@register.filter
def is_box(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """An input of a form that is not ours, with the classes of the house and its errors announced."""
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs={"class": "form-check-input" if is_box(field) else "form-control"})


@register.filter
def as_json(value: object) -> str:
    """For a data attribute in single quotes; the template escapes it."""
    return json.dumps(value)


@register.filter
def suffix(attrs: dict[str, Any]) -> str:
    """The unit behind an input, such as %."""
    return str(attrs.get("data-suffix", ""))


@register.simple_tag
def as_line(field: BoundField) -> Line:
    """A form field as a line of the sheet."""
    return Line(field.name, field.label, input=field, wide=isinstance(field.field.widget, forms.Textarea))


@register.simple_tag(takes_context=True)
def new_todo(context: Context, bound: TodoForm | None) -> TodoForm:
    """The form for a to-do: the one that was refused, else an empty one for oneself."""
    look = _look(context)
    return bound or TodoForm(initial={"assignee": look.user, "due_on": look.today}, look=look)


@register.simple_tag(takes_context=True)
def opened_tab(context: Context) -> SafeString:
    """The open tab's template with nothing but its own context."""
    return render_to_string("ui/tab.html", context["tab_context"], request=context["request"])


@register.filter
def initial(name: object) -> str:
    """What stands in a person's round picture."""
    return str(name).strip()[:1].upper()


@register.simple_tag(takes_context=True)
def link(context: Context, record: Model | None) -> SafeString | str:
    """A record as a link to its sheet, if this person may open it."""
    return cells.html(record, _look(context), registry.address)


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Whether this person has the action: `{% may "quotes.edit" as ok %}`."""
    return _look(context).may(action)


@register.simple_tag
def address(page: AnyPage, name: str, *args: object) -> str:
    """The address of one of a page's screens: `{% address page "edit" record.pk %}`."""
    return str(page.address(name, *args))
