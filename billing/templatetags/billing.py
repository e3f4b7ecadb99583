"""How a month looks in templates: `{{ day|month }}`."""

from datetime import date

from django import template
from django.utils.translation import get_language

from base.ui import cells

register = template.Library()


@register.filter
def month(day: date) -> str:
    """The month a day is in, in the reader's way of writing."""
    return cells.month_text(day, get_language() or "en")
