"""Other processes of the product on a database in a file, for what only real concurrency shows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_START = """
import json, sys
import django
django.setup()
from django.db import transaction
from django.utils import timezone
"""


class Installation:
    """A database file with its folder. `start` runs Python in a process of its own; `answer` reads what it printed."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite3'}",
            "LOG_LEVEL": "ERROR",
            **environment,
        }

    def start(self, code: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _START + code],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )


def answer(process: subprocess.Popen[str]) -> Any:
    printed, _errors = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(printed.splitlines()[-1])
