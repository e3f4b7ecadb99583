"""What every floor has to say about the installation's health; `console/health.py` asks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.utils.functional import Promise


class Level(IntEnum):
    """The worst one speaks for the installation."""

    OK = 0
    WARN = 1
    BAD = 2

    @property
    def word(self) -> str:
        """As programs and style sheets know it: `ok`, `warn`, `bad`."""
        return self.name.lower()


@dataclass(frozen=True)
class Check:
    """One thing looked at. `text` says in the reader's language how it is, and what to do."""

    name: str
    level: Level
    text: str
    title: str | Promise = ""


_checks: list[Callable[[datetime], Check]] = []


def register_check(check: Callable[[datetime], Check]) -> None:
    """Have something looked at whenever the health is asked for; called from an app's `ready()`.

    It must be quick, and change nothing.
    """
    if check not in _checks:
        _checks.append(check)


def registered() -> list[Callable[[datetime], Check]]:
    """The checks the floors have registered, in that order."""
    return list(_checks)
