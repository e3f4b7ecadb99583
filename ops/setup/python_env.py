"""The virtual environment, made from the lock files and from nothing else.

`requirements.lock` is what the product runs with. `requirements-dev.lock` holds that and what checks and tests need.
`requirements-setup.lock` is for the set-up itself, where the machine lacks it.
"""

import subprocess
import sys
from pathlib import Path

from .machine import SetupError
from .stamp import ROOT, digest, is_current, set_current

ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
RUN, DEVELOP, SET_UP = (ROOT / f"requirements{part}.lock" for part in ("", "-dev", "-setup"))


def _works(*arguments: str) -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, *arguments], capture_output=True).returncode == 0


def prepare(*, with_tests: bool) -> None:
    """Make `.venv` if there is none that works, and install the locked packages if the lock changed.

    Raises `SetupError` when the packages cannot be installed.
    """
    # Whoever has run the tests has all that the product runs with.
    lock = DEVELOP if with_tests or _installed(DEVELOP) else RUN
    if _works("-c", "") and _installed(lock):
        return
    if not _works("-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        print("Making the virtual environment", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
    if not _works("-m", "pip", "--version"):
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    install(lock)


def install(lock: Path) -> None:
    """Install what a lock names, unless that was done. Raises `SetupError` when it cannot be done."""
    if _installed(lock):
        return
    print(f"Installing the Python packages of {lock.name}", flush=True)
    options = ["install", "--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    if subprocess.run([PYTHON, "-m", "pip", "--disable-pip-version-check", *options]).returncode:
        raise SetupError("The Python packages could not be installed: see the lines above, then try again.")
    set_current(_stamp(lock), digest([lock]))


def _stamp(lock: Path) -> Path:
    return ENVIRONMENT / f"installed-{lock.name}"


def _installed(lock: Path) -> bool:
    return is_current(_stamp(lock), digest([lock]))
