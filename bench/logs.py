"""The log beside the work: four people writing at once, and a run, alone and while the log is being sealed."""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from django.db import connection, connections

from base.audit.sealing import seal, unsealed_count
from base.chatter.operations import change
from bench.data import AT, ON
from bench.measure import Figures, seconds
from contracts.models import Contract
from warranty.models import PlannedAction
from warranty.planning.run import run_day

_WRITERS = 4
_CHANGES = 250
_ROUNDS = 5
#: Between two sealings. The beat leaves sixty seconds; a round of the benchmark is over before that.
_PAUSE = 2.0


def measure(figures: Figures, due: int) -> None:
    """Each twice in turn, without and with a sealer, so that a machine that drifts slows both."""
    alone, beside = _in_turn(_write_at_once, _ROUNDS)
    figures.add(
        f"{_WRITERS} writers at once, beside the sealer",
        f"{_WRITERS * _CHANGES / beside:,.0f} changes/s",
        f"without it {_WRITERS * _CHANGES / alone:,.0f}/s",
        beside / alone,
        "≤ 1.05×",
    )
    later = ON + timedelta(days=200)
    open_rows = PlannedAction.objects.filter(kind="renewal_quote", state="planned", due_on__lte=later).order_by("pk")
    rows = iter(open_rows.values_list("pk", flat=True)[:due])
    some = max(due // (2 * _ROUNDS), 1)
    alone, beside = _in_turn(lambda: run_day(on=later, by=None, at=AT, rows=list(islice(rows, some))), _ROUNDS)
    figures.add(
        f"a run of {due:,} renewals, beside the sealer",
        f"{some / beside:,.0f}/s",
        f"without it {some / alone:,.0f}/s",
        beside / alone,
        "≤ 1.05×",
    )
    waiting = unsealed_count()
    took = seconds(lambda: seal(at=AT, whole=True))
    figures.add("events sealed", f"{waiting / took:,.0f}/s ({waiting:,})" if waiting else "none waited")


def _in_turn(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median seconds of the work alone, and beside the sealer."""
    alone, beside = [], []
    for _round in range(rounds):
        alone.append(seconds(work))
        with _sealer():
            beside.append(seconds(work))
    return statistics.median(alone), statistics.median(beside)


@contextmanager
def _sealer() -> Iterator[None]:
    """A process of its own that seals what is committed, as the worker does."""
    stop = multiprocessing.get_context("fork").Event()
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_seal_until, args=[stop])
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


def _seal_until(stop: threading.Event) -> None:
    while not stop.is_set():
        seal(at=AT)
        stop.wait(_PAUSE)
    connection.close()


def _write_at_once() -> None:
    contracts = list(Contract.objects.order_by("pk")[:_WRITERS])
    threads = [threading.Thread(target=_write, args=[contract]) for contract in contracts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _write(contract: Contract) -> None:
    """One person's changes, each in a transaction of its own."""
    for number in range(_CHANGES):
        change(contract, {"note": f"{time.perf_counter()} {number}"}, by=None, at=AT)
    connection.close()
