"""The daily run: with nothing due, and with ten thousand renewals."""

from datetime import timedelta

from django.db import transaction

from base.chatter.models import Event, Todo
from bench.data import AT, ON
from bench.measure import Figures, median, seconds
from renewals.models import QuoteLine, RenewalQuote
from warranty.models import PlannedAction
from warranty.planning.run import run_day


def nothing_due(figures: Figures) -> None:
    """A run on a day before anything is due: its cost must not follow the number of contracts."""
    before = ON - timedelta(days=1)
    rows = PlannedAction.objects.count()
    took = median(lambda: run_day(on=before, by=None, at=AT), 9)
    figures.add("daily run, nothing due", f"{took * 1000:.1f} ms ({rows:,} plan rows)", aim="milliseconds")


def quotes_due(figures: Figures, due: int) -> None:
    """Quotes with number, line, event, to-do and plan rows, against bare inserts of the very same rows."""
    result = run_day(on=ON, by=None, at=AT, only="coverage_end")
    took = seconds(lambda: result.actions.update(run_day(on=ON, by=None, at=AT, only="renewal_quote").actions))
    made = RenewalQuote.objects.count()
    if made != due:
        raise SystemExit(f"{made} quotes were made, {due} were due")
    bare = _insert_again()
    figures.add(
        "renewal quotes drafted",
        f"{made / took:,.0f}/s, {took / made * 1000:.2f} ms each",
        f"bulk_create of the same rows {bare / made * 1000:.2f} ms",
        took / bare,
        "≤ 3×",
    )
    sending = seconds(lambda: run_day(on=ON + timedelta(days=5), by=None, at=AT, only="renewal_send"))
    figures.add(
        "renewal quotes sent (state, link, mail row)", f"{made / sending:,.0f}/s, {sending / made * 1000:.2f} ms each"
    )


def _insert_again() -> float:
    """Seconds Django needs to insert the rows the run wrote, and nothing else; undone afterwards."""
    everything = [list(model.objects.all()) for model in (RenewalQuote, QuoteLine, Event, Todo)]
    with transaction.atomic():
        for model in (Todo, QuoteLine, RenewalQuote):
            model.objects.all().delete()
        for rows in everything:
            for row in rows:
                row.pk = None
                row._state.adding = True
        took = seconds(lambda: [_create(rows) for rows in everything])
        transaction.set_rollback(True)
    return took


def _create(rows: list) -> None:
    if rows and isinstance(rows[0], QuoteLine):
        quotes = list(RenewalQuote.objects.order_by("pk").values_list("pk", flat=True))
        for row, quote in zip(rows, quotes, strict=True):
            row.quote_id = quote
    type(rows[0])._base_manager.bulk_create(rows, batch_size=500)
