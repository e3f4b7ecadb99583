"""Several people or workers at once, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(*jobs: Callable[[], T]) -> list[T]:
    """What the jobs return, in their order."""

    def run(job: Callable[[], T]) -> T:
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(30) for future in [pool.submit(run, job) for job in jobs]]
