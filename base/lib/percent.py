"""Figures in words."""

from decimal import ROUND_HALF_UP, Decimal


def percent(share: Decimal, *, signed: bool = False) -> str:
    """A share of one to a tenth of a per cent: 0.98331 is 98.3 %."""
    value = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{value:+}".replace("-", "−") + " %" if signed else f"{value} %"
