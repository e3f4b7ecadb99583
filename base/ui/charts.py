"""The options of a chart as ECharts takes them; `static/js/chart.js` dresses and draws them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from moneyed import Money

from base.ui.look import Look


def axis_value(money: Money, look: Look) -> float:
    """A sum for an axis: in ten thousands for Chinese readers, in thousands for others."""
    unit = 10_000 if look.language.startswith("zh") else 1_000
    return float((money.amount / unit).quantize(Decimal("0.01"), ROUND_HALF_UP))


def axis(currency: str, look: Look) -> str:
    """What such an axis is named."""
    if look.language.startswith("zh"):
        return "万元" if currency == "CNY" else f"万 {currency}"
    return f"{currency} 1,000"


def chart(names: list[str], series: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    """Bars or lines over names."""
    return {
        "legend": {"type": "scroll", "top": 0, "left": 80, "right": 0} if len(series) > 1 else None,
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "name": unit},
        "series": series,
    }


def pie(slices: list[dict[str, Any]], unit: str, *, link: str) -> dict[str, Any]:
    """Shares of a whole, each with its name, key and value."""
    one = {"type": "pie", "radius": ["35%", "70%"], "top": 30, "data": slices, "link": link}
    told = {"formatter": f"{{b}}: {{c}} {unit} ({{d}} %)"}
    return {"legend": {"type": "scroll", "top": 0}, "tooltip": told, "series": [one]}
