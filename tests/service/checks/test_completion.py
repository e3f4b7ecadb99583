"""How a stretch of time is written in an address."""

from datetime import date

import pytest

from service.checks.completion import Stretch

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2024Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_stretch_is_a_quarter_a_half_or_a_year(text, first, last):
    stretch = Stretch.read(text, TODAY)
    assert (str(stretch), stretch.first, stretch.last) == (text, first, last)


@pytest.mark.parametrize("text", ["", "x", "1999", "2100", "2026Q0", "2026Q5", "2026H3", "2026M1", "2026Q", "²026"])
def test_what_names_no_stretch_is_the_quarter_of_today(text):
    assert str(Stretch.read(text, TODAY)) == "2026Q4"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [("2026", "2025", "2027"), ("2026H1", "2025H2", "2026H2"), ("2026Q4", "2026Q3", "2027Q1")],
)
def test_a_stretch_has_neighbours(text, before, after):
    stretch = Stretch.read(text, TODAY)
    assert (str(stretch.before), str(stretch.next)) == (before, after)
