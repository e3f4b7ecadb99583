import pytest
from django.db import transaction

from base.documents.models import NumberSeries
from base.documents.numbers import draw
from tests.base.processes import answer


@pytest.mark.django_db
def test_numbers_follow_one_another_by_prefix_and_year():
    assert draw("BJ", 2026) == ["BJ-2026-0001"]
    assert draw("BJ", 2026, 2) == ["BJ-2026-0002", "BJ-2026-0003"]
    assert draw("BJ", 2027) == ["BJ-2027-0001"]
    assert draw("KP", 2026) == ["KP-2026-0001"]


@pytest.mark.django_db
def test_the_ten_thousandth_number_has_five_digits():
    NumberSeries.objects.create(prefix="BJ", year=2026, last=9998)
    assert draw("BJ", 2026, 2) == ["BJ-2026-9999", "BJ-2026-10000"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1])
def test_no_numbers_cannot_be_drawn(count):
    with pytest.raises(ValueError, match="cannot draw"):
        draw("BJ", 2026, count)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_drawn():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        draw("BJ", 2026)
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_not_used_is_drawn_again():
    with transaction.atomic():
        draw("BJ", 2026)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert draw("BJ", 2026) == ["BJ-2026-0001"]


_DRAW = """
from base.documents.numbers import draw
numbers = []
for turn in range(40):
    try:
        with transaction.atomic():
            numbers += (drawn := draw("BJ", 2026))
            if turn % 4 == 0:
                raise ZeroDivisionError
    except ZeroDivisionError:
        numbers.remove(drawn[0])
print(json.dumps(numbers))
"""


def test_two_processes_draw_without_gaps_or_doubles(installation):
    both = [installation.start(_DRAW) for _ in range(2)]
    numbers = [number for process in both for number in answer(process)]
    assert sorted(numbers) == [f"BJ-2026-{number:04d}" for number in range(1, 61)]
