"""Timing two things in turn, so that a machine that drifts slows both."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import django
from django.db import connection


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, garbage collected before and not during."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def median(work: Callable[[], object], rounds: int) -> float:
    """The median seconds of several rounds, after one that warms up."""
    work()
    return statistics.median(seconds(work) for _round in range(rounds))


@dataclass
class Figures:
    """The rows of the report: what, ours, the baseline, their ratio, the aim."""

    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, ours: str, baseline: str = "", ratio: float | None = None, aim: str = "") -> None:
        row = (what, ours, baseline, "" if ratio is None else f"{ratio:.2f}×", aim)
        self.rows.append(row)
        print(" | ".join(part for part in row if part), flush=True)

    def table(self) -> str:
        """The report as Markdown."""
        head = "| figure | ours | baseline | ratio | aim |\n| --- | --- | --- | --- | --- |\n"
        return head + "".join(f"| {' | '.join(row)} |\n" for row in self.rows)


def machine() -> str:
    """What it was measured on."""
    import os
    import platform

    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"Django {django.get_version()}, {connection.vendor} {connection.Database.__version__.split()[0]}"
    )
