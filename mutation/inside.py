"""What stands inside functions: mutmut, with the settings in pyproject.toml."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mutation.change import Change, described

_MUTMUT = [sys.executable, "-m", "mutmut"]
#: What mutmut calls the end of a mutation that a test noticed; one that never ends is noticed too.
_NOTICED = frozenset({"killed", "timeout", "segfault", "suspicious"})


def run(workers: int, skip: frozenset[str]) -> Iterator[Change]:
    """Every mutation inside a function; `skip` names functions, as `path:name`, that run at import only."""
    shutil.rmtree("mutants", ignore_errors=True)
    subprocess.run([*_MUTMUT, "run", "--max-children", str(workers)], check=False, stdout=subprocess.DEVNULL)
    for line in _printed("results", "--all", "True").splitlines():
        name, _, state = line.strip().partition(": ")
        path, function = _place(name)
        if not state or f"{path}:{function}" in skip:
            continue
        noticed = state in _NOTICED
        yield Change(
            path, name if noticed else f"{function}: {described(_printed('show', name).splitlines())}", noticed
        )


def _place(name: str) -> tuple[str, str]:
    """`base.lib.dates.x_add_months__mutmut_3` is a mutation of `add_months` in `base/lib/dates.py`."""
    module, _, rest = name.rpartition(".")
    function = rest.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return str(Path(*module.split(".")).with_suffix(".py")), function


def _printed(*arguments: str) -> str:
    return subprocess.run([*_MUTMUT, *arguments], check=True, capture_output=True, text=True).stdout
