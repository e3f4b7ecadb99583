"""On a real PostgreSQL: `DATABASE_URL=postgres://… pytest tests/services`."""

from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection, transaction

from base.documents.models import NumberSeries
from base.documents.numbers import draw
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_database_is_the_one_this_is_about():
    assert connection.vendor == "postgresql"


def test_two_first_draws_at_once_make_one_series():
    start = Barrier(8)

    def job():
        start.wait()
        with transaction.atomic():
            return draw("BJ", 2026, 5)

    drawn = [number for numbers in at_once(*[job] * 8) for number in numbers]
    assert sorted(drawn) == [f"BJ-2026-{number:04d}" for number in range(1, 41)]
    assert NumberSeries.objects.get().last == 40


def test_draws_and_rollbacks_at_once_leave_no_gap():
    def job():
        kept = []
        for turn in range(25):
            with transaction.atomic():
                numbers = draw("BJ", 2026)
                if turn % 5 == 0:
                    transaction.set_rollback(True)
                else:
                    kept += numbers
        return kept

    drawn = [number for numbers in at_once(*[job] * 4) for number in numbers]
    assert sorted(drawn) == [f"BJ-2026-{number:04d}" for number in range(1, 81)]


def test_whoever_draws_next_waits_for_the_transaction_before():
    drawn, release = Event(), Event()

    def slow():
        with transaction.atomic():
            numbers = draw("BJ", 2026)
            drawn.set()
            release.wait(10)
            transaction.set_rollback(True)
        return numbers

    def impatient():
        drawn.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
                draw("BJ", 2026)
        finally:
            release.set()

    with transaction.atomic():
        NumberSeries.objects.create(prefix="BJ", year=2026)
    assert at_once(slow, impatient)[0] == ["BJ-2026-0001"]
    with transaction.atomic():
        assert draw("BJ", 2026) == ["BJ-2026-0001"]
