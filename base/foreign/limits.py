"""How much of a foreign file is read, and how long it may take (docs/ledger.md 1)."""

import resource
from enum import StrEnum
from typing import Final

#: Of the file as it comes, and of what an archive's parts unpack to.
MAX_BYTES: Final = 20 * 2**20
MAX_UNPACKED: Final = 256 * 2**20
#: The directory of an archive; a workbook has some dozens of parts, each about a hundred bytes of it.
MAX_DIRECTORY: Final = 2**20
#: Cells with content, of all sheets together; how wide a row may be; and characters of one cell, as in Excel.
MAX_CELLS: Final = 2_000_000
MAX_COLUMNS: Final = 1_000
MAX_CHARACTERS: Final = 32_767
#: Characters of all cells together.
MAX_TEXT: Final = 100 * 2**20
#: What the child may take: address space in bytes, seconds of computing, and seconds on the clock.
MAX_MEMORY: Final = 300 * 2**20
MAX_SECONDS: Final = 9
MAX_CLOCK: Final = 120


class Fault(StrEnum):
    """Why a file is not read, as a word for programs."""

    NOT_A_WORKBOOK = "not_a_workbook"
    DAMAGED = "damaged"
    LOCKED = "password"
    SIZE = "size"
    UNPACKED = "unpacked"
    CELLS = "cells"
    COLUMNS = "columns"
    TEXT = "text"
    MEMORY = "memory"
    TIME = "time"


class Unreadable(Exception):
    """A file that is not read; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def confine() -> None:
    """Bind this process to the limits, for good: whatever asks for more than them ends, and nothing beside it."""
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        # What it complains of goes to a file.
        (resource.RLIMIT_FSIZE, 2**20),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
