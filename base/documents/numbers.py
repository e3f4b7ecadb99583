"""Numbers without gaps: drawn inside the transaction that uses them (docs/rules.md 7.2)."""

from django.db import transaction

from base.documents.models import NumberSeries


def draw(prefix: str, year: int, count: int = 1) -> list[str]:
    """The next `count` numbers of a series, such as BJ-2026-0001; four digits, more when they are needed.

    Takes the series' row lock, so draw before any other row is locked: whoever draws next waits for this
    transaction, and gets these numbers when it is rolled back. RuntimeError outside a transaction; ValueError
    for a count below 1.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are drawn inside the transaction that uses them, or they leave gaps")
    if count < 1:
        raise ValueError(f"cannot draw {count} numbers")
    series = NumberSeries.objects.filter(prefix=prefix, year=year)
    locked = series.select_for_update().first()
    if locked is None:
        # Of two first draws at once, one makes the row; the other waits here and then finds it.
        NumberSeries.objects.bulk_create([NumberSeries(prefix=prefix, year=year)], ignore_conflicts=True)
        locked = series.select_for_update().get()
    last = locked.last
    series.update(last=last + count)
    return [f"{prefix}-{year}-{number:04d}" for number in range(last + 1, last + count + 1)]
