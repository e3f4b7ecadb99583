"""What the tests of the house read: the source of the product, floor by floor."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: From the ground up; `docs/structure.md`.
FLOORS = ("base", "contracts", "warranty", "service", "billing", "renewals", "console", "ops", "config")


def floor_of(module: str) -> int | None:
    """How high a module stands; None for one that is not ours."""
    first = module.partition(".")[0]
    return FLOORS.index(first) if first in FLOORS else None


def modules(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    """Each module of these floors (all, unless some are named) as its path from the root and its syntax tree."""
    for floor in floors or FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))
