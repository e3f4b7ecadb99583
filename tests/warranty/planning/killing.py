"""Runs of the day that are killed: `python -m tests.warranty.planning.killing KILLS ROUNDS`.

Works on copies of the database of `DATABASE_URL` (SQLite or PostgreSQL), each in child processes of its own. A child
that is to die is gone (SIGKILL) before its n-th database statement. Prints the rows the day ended in as
`{"undisturbed": …, "killed": […], "together": …, "died": n}`: run once, killed and run again, run by two at once.
"""

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402
from django.db import connection  # noqa: E402

from tests.snapshot import snapshot  # noqa: E402
from tests.warranty.planning.scenario import DAY, build  # noqa: E402
from warranty.planning import run as engine  # noqa: E402

#: Many small batches: many moments between them.
engine.CHUNK = 5


class Countdown:
    """Counts the statements of this process, and kills it before the one it was told."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def __call__(self, execute: Any, *statement: Any) -> Any:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)


def in_child(name: str, work: Callable[[], Any]) -> Any:
    """What `work` returns when it is done in a process of its own on the database of that name; None when it died."""
    return started(name, work)()


def started(name: str, work: Callable[[], Any]) -> Callable[[], Any]:
    """The same, begun: call it for what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)  # what commands print is not for us
        connection.settings_dict["NAME"] = name
        with os.fdopen(writing, "w") as pipe:
            json.dump(work(), pipe)
        connection.close()
        os._exit(0)
    os.close(writing)

    def ended() -> Any:
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return None
        assert status == 0, "the child's own words are above"
        return json.loads(said)

    return ended


def run_day(kill_at: int = 0) -> int:
    """`manage.py run_day` in this process; how many statements it took."""
    countdown = Countdown(kill_at)
    with connection.execute_wrapper(countdown):
        execute_from_command_line(["manage.py", "run_day", "--on", str(DAY)])
    return countdown.count


def copy(name: str, to: str) -> str:
    """A copy of a database nobody is connected to."""
    if connection.vendor == "sqlite":
        return shutil.copy(name, Path(name).with_name(to))
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{to}"')
        cursor.execute(f'CREATE DATABASE "{to}" TEMPLATE "{name}"')
    connection.close()
    return to


def killed_runs(name: str, dice: random.Random, kills: int, statements: int) -> int:
    """Run the day again and again until it is through; how often it was killed on the way."""
    died = 0
    while died < kills:
        # What is left to do takes fewer statements each time.
        kill_at = dice.randint(1, max(statements // (died + 1), 1))
        if in_child(name, lambda at=kill_at: run_day(at)) is not None:
            break
        died += 1
    assert in_child(name, run_day) is not None
    return died


def main(name: str, kills: int, rounds: int) -> None:
    lived = copy(name, "lived")
    in_child(lived, build)
    calm = copy(lived, "calm")
    statements = in_child(calm, run_day)
    ends, died = [], 0
    for seed in range(rounds):
        dying = copy(lived, f"dying{seed}")
        died += killed_runs(dying, random.Random(seed), kills, statements)
        ends.append(in_child(dying, snapshot))
    shared = copy(lived, "shared")
    for child in [started(shared, run_day) for _n in range(2)]:
        assert child() is not None
    said = {
        "undisturbed": in_child(calm, snapshot),
        "together": in_child(shared, snapshot),
        "killed": ends,
        "died": died,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(connection.settings_dict["NAME"], int(sys.argv[1]), int(sys.argv[2]))
