"""How findings and results look in templates."""

from django import template
from django.utils import translation
from django.utils.safestring import SafeString

from base.ui import cells
from service.models import CheckResult, Finding
from service.models.checks import CheckWords
from service.pages.findings import GRADE_COLOURS

register = template.Library()
_STATES = {"normal": "green", "abnormal": "red", "na": "secondary"}


@register.filter
def graded(finding: Finding) -> SafeString:
    """The grade as a coloured word."""
    return cells.badge(finding.get_grade_display(), GRADE_COLOURS[finding.grade])


@register.filter
def found(check: CheckResult) -> SafeString:
    """How an item was found, as a coloured word; a dash where nobody looked."""
    return cells.badge(check.get_state_display(), _STATES[check.state]) if check.state else SafeString("–")


@register.filter
def item_text(check: CheckWords) -> str:
    """What an item asks for, in the reader's language."""
    return check.text_in(translation.get_language() or "en")


@register.filter
def item_method(check: CheckWords) -> str:
    return check.method_in(translation.get_language() or "en")
