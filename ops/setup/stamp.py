"""Doing a step of the set-up again only when what it was made from has changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def digest(sources: Iterable[Path | str]) -> str:
    """One hash over the given files' bytes and the given texts, in order."""
    total = hashlib.sha256()
    for source in sources:
        total.update(source.read_bytes() if isinstance(source, Path) else source.encode())
        total.update(b"\0")
    return total.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether the step that leaves `stamp` was last finished for `wanted`."""
    return stamp.is_file() and stamp.read_text() == wanted


def set_current(stamp: Path, value: str) -> None:
    """Written last, so that a step that was cut short is done again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
