"""A run that is killed anywhere and run again ends as if nothing had happened; so do two at once (docs/rules.md 5.5).

`KILLS` in the environment says how often runs are killed (default 12).
"""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KILLS", "12"))


@pytest.fixture(scope="module")
def empty(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """The migrated test database as a file: other processes cannot see the one in memory."""
    database = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(database)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return database


@pytest.mark.django_db
def test_killed_runs_end_in_the_same_rows_as_an_undisturbed_one(empty, tmp_path):
    compare(f"sqlite:///{empty}", tmp_path)


def compare(database: str, folder: Path) -> None:
    """Both ways of running the day, from the same contracts on copies of an empty database."""
    rounds = max(KILLS // 6, 1)
    words = [sys.executable, "-m", "tests.warranty.planning.killing", str(KILLS // rounds), str(rounds)]
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for end in said["killed"]:
        assert end == said["undisturbed"]
    assert said["together"] == said["undisturbed"]
    assert said["undisturbed"]["RenewalQuote"]
    assert len(said["undisturbed"]["CreditProposal"]) == 1, "one contract ended on that day"
    assert said["died"] >= KILLS // 2, "most were killed before they were through"
