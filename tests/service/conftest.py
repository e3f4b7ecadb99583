import pytest

from base.lib.official_days import seed_days
from base.lib.worktime import STANDARD_WINDOWS, DayRule, WorkCalendar


@pytest.fixture(scope="session")
def calendar():
    """The working calendar of a new installation."""
    days, years = seed_days()
    rules = {each.day: DayRule(each.kind, each.name, "official") for each in days}
    return WorkCalendar(STANDARD_WINDOWS, rules, years)
