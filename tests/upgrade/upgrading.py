"""Loading the kept rows into an empty database and bringing it up to date, in processes of their own."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.upgrade.rows import FILE, ROOT

Counts = dict[str, int]
#: Django fills these as the program's models come and go.
_DJANGO_S = {"contenttypes.contenttype"}


def upgraded(database: str, folder: Path) -> tuple[Counts, Counts, list[list[str]], list[list[str]]]:
    """Rows of each table before and after, and what the integrity check said before and says after."""
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-m", "tests.upgrade.rows", "load")
    run("manage.py", "migrate", "--verbosity", "0")
    now = json.loads(run("-m", "tests.upgrade.rows", "check"))
    kept = json.loads(gzip.decompress(FILE.read_bytes()))
    before = {label: len(rows) for label, (_names, rows) in kept["tables"].items() if label not in _DJANGO_S}
    return before, now["counts"], kept["findings"], now["findings"]
