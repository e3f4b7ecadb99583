"""The system libraries and programs that no Python or npm package brings."""

import ctypes
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys

# Soname, looked up by the loader itself, and the Debian or Ubuntu package that brings it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """The set-up cannot go on; the message says what to type."""


def library_present(soname: str) -> bool:
    """Whether the loader finds the shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def browser() -> str | None:
    """The path of a Chromium that can be driven, or None. Ubuntu's stub that only points to a snap does not count."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def missing_packages(*, with_browser: bool) -> list[str]:
    """Names of the Debian packages this machine lacks."""
    missing = [package for soname, package in LIBRARIES.items() if not library_present(soname)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if with_browser and browser() is None:
        missing.append("chromium")
    return missing


def prepare(*, with_browser: bool) -> None:
    """Install what is missing when allowed to, otherwise say exactly what to type.

    Raises `SetupError` when something stays missing.
    """
    missing = missing_packages(with_browser=with_browser)
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print(f"Installing {' '.join(missing)}", flush=True)
        # A fresh machine may be busy with its own updates.
        patient = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
        subprocess.run([*patient, "update"], env=quiet)
        subprocess.run(
            [*patient, "install", "-y", "--no-install-recommends", *missing],
            env=quiet,
            stdout=subprocess.DEVNULL,
        )
        importlib.invalidate_caches()
        missing = missing_packages(with_browser=with_browser)
    if missing:
        raise SetupError(
            "This machine lacks some system packages. On Debian or Ubuntu, type:\n\n"
            f"    sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(missing)}\n"
            + (
                "\nUbuntu's chromium package is only a snap: install Google Chrome's .deb there.\n"
                if "chromium" in missing
                else ""
            )
        )
