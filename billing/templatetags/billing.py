"""How quotes and invoices look in templates: `{{ quote|state:colours }}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from base.ui import cells

register = template.Library()


@register.filter
def state(record: Any, colours: Mapping[str, str]) -> SafeString:
    """The record's state as a coloured word."""
    return cells.badge(record.get_status_display(), colours.get(record.status, "secondary"))
