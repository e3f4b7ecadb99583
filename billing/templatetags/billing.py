"""How quotes and invoices look in templates: `{{ quote|state:colours }}`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from base.ui import cells

register = template.Library()


@register.filter
def state(record: Any, colours: Mapping[str, str]) -> SafeString:
    """The record's state as a coloured word."""
    return cells.badge(record.get_status_display(), colours.get(record.status, "secondary"))


@register.filter
def month(day: date) -> str:
    """The month a day is in, in the reader's way of writing."""
    return cells.month_text(day, get_language() or "en")
