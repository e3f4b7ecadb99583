"""`cd ops && python3 -m setup [--with-tests] [--with-browser]`: from a checkout to a tree that can run.

Twice costs nothing.
"""

import argparse
import fcntl
import subprocess
import sys

from . import machine, packages, python_env
from .stamp import ROOT


def main() -> int:
    """Run every step; 0 when the tree is ready, 1 with what to do on standard error."""
    arguments = argparse.ArgumentParser(prog="setup", description=__doc__)
    arguments.add_argument("--with-tests", action="store_true", help="also what checks and tests need")
    arguments.add_argument("--with-browser", action="store_true", help="also a Chromium, for the browser tests")
    options = arguments.parse_args()
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            machine.prepare(with_browser=options.with_browser)
            python_env.prepare(with_tests=options.with_tests)
            packages.prepare()
        except machine.SetupError as problem:
            print(f"\n{problem}", file=sys.stderr)
            return 1
        for module in ("fonts", "texts"):
            if subprocess.run([python_env.PYTHON, "-m", f"setup.{module}"], cwd=ROOT / "ops").returncode:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
