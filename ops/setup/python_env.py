"""The virtual environment, made from the lock file and from nothing else."""

import subprocess
import sys

from .machine import SetupError
from .stamp import ROOT, digest, is_current, set_current

ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = ROOT / "requirements.lock"
_STAMP = ENVIRONMENT / "weibao-lock"


def _works(*arguments: str) -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, *arguments], capture_output=True).returncode == 0


def prepare() -> None:
    """Make `.venv` if there is none that works, and install the locked packages if the lock changed.

    Raises `SetupError` when the packages cannot be installed.
    """
    wanted = digest([LOCK])
    if _works("-c", "") and is_current(_STAMP, wanted):
        return
    if not _works("-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        print("Making the virtual environment", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
    if not _works("-m", "pip", "--version"):
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    print("Installing the locked Python packages", flush=True)
    install = ["install", "--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    if subprocess.run([PYTHON, "-m", "pip", "--disable-pip-version-check", *install]).returncode:
        raise SetupError("The Python packages could not be installed: see the lines above, then try again.")
    set_current(_STAMP, wanted)
