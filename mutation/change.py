"""A mutation: where it is, what it changes, and whether a test noticed."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One mutation; `text` is what it takes away and what it puts there, by which a list knows it again."""

    path: str
    text: str
    noticed: bool

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def described(diff: list[str]) -> str:
    """The lines a diff takes away and adds, without their place: they may move, the change stays the same."""
    gone = " ".join(line[1:].strip() for line in diff if line.startswith("-") and not line.startswith("---"))
    come = " ".join(line[1:].strip() for line in diff if line.startswith("+") and not line.startswith("+++"))
    return f"{gone} => {come}".strip()


def difference(before: str, after: str) -> str:
    """What stands in the one text and not in the other."""
    return described(list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")))
