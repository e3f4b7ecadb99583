"""What an axis says in either language."""

from datetime import UTC, date, datetime

import pytest
from moneyed import Money

from base.accounts.models import User
from base.ui import charts
from base.ui.look import Look


@pytest.mark.parametrize(
    ("language", "currency", "named", "value"),
    [
        ("zh-hans", "CNY", "万元", 12.35),
        ("zh-hans", "USD", "万 USD", 12.35),
        ("en", "CNY", "CNY 1,000", 123.46),
    ],
)
def test_sums_are_told_in_units_that_people_read(language, currency, named, value):
    look = Look(User(), date(2026, 11, 30), datetime(2026, 11, 30, tzinfo=UTC), language)

    assert charts.axis(currency, look) == named
    assert charts.axis_value(Money("123456.00", currency), look) == value


def test_one_series_needs_no_legend():
    assert charts.chart(["a"], [{}], "")["legend"] is None
    assert charts.chart(["a"], [{}, {}], "")["legend"]
