"""`make mutate`: prints each mutation that no test noticed; exit 1 for one that is not in the list, or below the share.

MUTATE_WORKERS says how many processes run at once (2 unless set).
"""

import os
import sys
import time
import tomllib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from mutation import inside, outside
from mutation.change import Change

#: So much of all mutations is to be noticed.
_SHARE = 0.95
_LIST = Path("mutation/survivors.toml")
#: Functions that run only while their module is imported: mutmut cannot change them, its processes have imported them.
_IMPORTED = frozenset({"service/rules.py:_promise", "service/rules.py:_hours", "service/rules.py:_days"})


def main() -> int:
    workers = int(os.environ.get("MUTATE_WORKERS", "2"))
    started = time.monotonic()
    paths = files()
    changes: list[Change] = []
    for change in chain(inside.run(workers, _IMPORTED), outside.run(paths, workers, _IMPORTED)):
        changes.append(change)
        if len(changes) % 100 == 0:
            print(f"{len(changes)} mutations, last in {change.path}", file=sys.stderr, flush=True)
    print(f"{len(paths)} files, {time.monotonic() - started:.0f} seconds")
    return judged(changes, known())


def files() -> list[Path]:
    """The law of the product: the library, the rules and the tables of states, each with the tests that mirror it."""
    packages = [path.parent for path in Path().glob("*/__init__.py") if path.parent.name not in ("bench", "mutation")]
    law = [path for package in packages for name in ("rules", "states") for path in package.rglob(f"{name}.py")]
    return sorted(path for path in {*Path("base/lib").glob("*.py"), *law} if outside.mirror_of(path))


def known() -> dict[str, str]:
    """Each mutation that is known to change nothing, and why."""
    listed = tomllib.loads(_LIST.read_text(encoding="utf-8"))["survivor"]
    return {f"{each['path']}: {each['change']}": each["why"] for each in listed}


def judged(changes: Iterable[Change], listed: dict[str, str]) -> int:
    """Prints the result. 0 when enough was noticed and the rest is listed, else 1."""
    changes = list(changes)
    survivors = {str(change) for change in changes if not change.noticed}
    share = 1 - sum(not change.noticed for change in changes) / max(len(changes), 1)
    print(f"{len(changes)} mutations, {share:.1%} noticed, {len(survivors)} survive, {len(listed)} are listed")
    new, gone = sorted(survivors - listed.keys()), sorted(listed.keys() - survivors)
    for change in new:
        print(f"NEW: {change}")
    for change in gone:
        print(f"no longer survives, take it off the list: {change}")
    if not changes or share < _SHARE or new:
        print(f"Write a test for each NEW one, or list it in {_LIST} with the reason (docs/mutation.md).")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
