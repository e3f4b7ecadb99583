"""How values are written on papers, in the language that is active."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import formats, translation
from moneyed import Money

from base.lib.capitals import capital_words
from base.lib.money import format_money

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    """`¥1,200,000.00` in Chinese, `CNY 1,200,000.00` in English."""
    return format_money(amount, translation.get_language() or "")


@register.filter
def plain(amount: Money) -> str:
    """The figures alone, for columns whose head names the currency: `1,200,000.00`."""
    return format_money(amount, "en").removeprefix(f"{amount.currency.code} ")


@register.filter
def words(amount: Money) -> str:
    """人民币大写 with its leading 人民币, empty for any other currency (docs/rules.md 2.6)."""
    return f"人民币{capital_words(amount.amount)}" if amount.currency.code == "CNY" else ""


@register.filter
def percent(rate: Decimal) -> str:
    """A fraction as a percentage: 0.06 → `6 %`, in Chinese `6%`."""
    return f"{(rate * 100).normalize():f}{'' if (translation.get_language() or '').startswith('zh') else ' '}%"


@register.filter
def day(value: date) -> str:
    """`2026年11月22日`, `22 November 2026`: never to be read in two ways."""
    chinese = (translation.get_language() or "").startswith("zh")
    return formats.date_format(value, "Y年n月j日" if chinese else "j F Y")


@register.filter
def moment(value: datetime | None) -> str:
    """`2026年11月22日 09:30`, as it was at that place: the value carries its zone. Empty for none."""
    return f"{day(value.date())} {value:%H:%M}" if value else ""
