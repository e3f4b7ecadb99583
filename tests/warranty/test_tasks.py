"""When the day is run by itself."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from base.company.models import Company
from tests.chain import ON
from warranty.models import DailyRun
from warranty.planning.daily import day_to_run
from warranty.planning.run import run_day
from warranty.tasks import run_day_if_due

pytestmark = pytest.mark.django_db

#: Six in the morning in Shanghai, the hour of the run.
SIX = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (SIX - timedelta(seconds=1), None),
        (SIX, ON),
        (SIX + timedelta(hours=17, minutes=59), ON),
        (SIX + timedelta(hours=18), None),
        (SIX + timedelta(hours=24), ON + timedelta(days=1)),
    ],
)
def test_the_day_comes_at_its_hour_in_the_companys_zone(at, day):
    assert day_to_run(at) == day


def test_the_hour_and_the_zone_are_the_companys():
    Company.objects.update(daily_run_at=time(0, 30), time_zone="America/New_York")

    assert day_to_run(datetime(2026, 11, 22, 5, 29, tzinfo=UTC)) is None
    assert day_to_run(datetime(2026, 11, 22, 5, 30, tzinfo=UTC)) == date(2026, 11, 22)


def test_a_day_is_run_once_and_one_that_was_cut_off_again():
    DailyRun.objects.create(on=ON, started_at=SIX)

    assert run_day_if_due(SIX) is True
    assert run_day_if_due(SIX + timedelta(minutes=10)) is False
    assert DailyRun.objects.filter(on=ON, finished_at__isnull=False).count() == 1


@pytest.mark.parametrize("part", [{"only": "coverage_end"}, {"rows": []}, {"dry_run": True}])
def test_a_run_of_a_part_does_not_stand_for_the_day(part):
    run_day(on=ON, by=None, at=SIX, **part)

    assert run_day_if_due(SIX) is True


def test_the_beat_gives_no_moment_and_means_now():
    with time_machine.travel(SIX + timedelta(hours=1), tick=False):
        assert run_day_if_due() is True
    with time_machine.travel(SIX + timedelta(hours=30), tick=False):
        assert run_day_if_due() is True
    assert set(DailyRun.objects.values_list("on", flat=True)) == {ON, ON + timedelta(days=1)}
