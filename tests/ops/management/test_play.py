"""`manage.py play` as its users type it: on a database of its own, and on no other."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STORY = """\
# A customer, and a mistake.
{"on": "2026-11-22", "by": "chenjing", "page": "customers", "do": "create", "values": {"name": "Waterworks"}, "as": "w"}
{"page": "customers", "record": "w", "do": "sell", "expect": "refused"}
"""


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "water.jsonl"
    path.write_text(STORY, encoding="utf-8")
    return path


def play(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", "play", *words],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder / "data"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def dump(path: Path) -> list[str]:
    """All that a database holds."""
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


def test_a_story_is_played_on_a_fresh_database_and_goes_on_there(story, tmp_path):
    first = play(tmp_path, str(story), "--new", "--format", "json")
    assert first.returncode == 0, first.stderr
    made, refused = json.loads(first.stdout)
    assert (made["record"], made["ok"], refused["ok"]) == ("Waterworks", True, False)

    story.write_text(
        '{"on": "2026-11-23", "by": "chenjing", "page": "customers", "record": "Waterworks", "do": "look"}\n'
        '{"page": "customers", "record": "Fireworks", "do": "look"}\n',
        encoding="utf-8",
    )
    again = play(tmp_path, str(story))
    assert again.returncode == 1
    found, missing = again.stdout.splitlines()
    assert found.split() == ["1", "Waterworks"]
    assert missing.endswith("UNEXPECTED: it was refused")
    assert not (tmp_path / "data" / "weibao.sqlite3").exists()


def test_a_real_database_is_refused_and_not_touched(story, tmp_path):
    real = tmp_path / "real.sqlite3"
    with sqlite3.connect(real) as connection:
        connection.execute("CREATE TABLE contracts_contract (number text)")
    before = dump(real)
    url = f"sqlite:///{real}"

    plain = play(tmp_path, str(story), DATABASE_URL=url)
    new = play(tmp_path, str(story), "--new", DATABASE_URL=url)

    assert (plain.returncode, new.returncode) == (1, 1)
    assert "was not made for stories: nothing was played" in plain.stderr
    assert "is not empty: a story begins with an empty database" in new.stderr
    assert dump(real) == before


def test_without_a_database_of_its_own_it_says_how_to_make_one(story, tmp_path):
    result = play(tmp_path, str(story))

    assert result.returncode == 1
    assert "`play --new` makes it" in result.stderr
    assert not list((tmp_path / "data").rglob("*.sqlite3"))


def test_a_file_of_that_name_that_is_no_story_s_is_not_replaced(story, tmp_path):
    other = tmp_path / "data" / "stories" / "water.sqlite3"
    other.parent.mkdir(parents=True)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x text)")
    before = dump(other)

    result = play(tmp_path, str(story), "--new")
    assert result.returncode == 1
    assert "so it is not replaced" in result.stderr
    assert dump(other) == before


def test_a_story_that_is_not_there_is_told(tmp_path):
    result = play(tmp_path, str(tmp_path / "nowhere.jsonl"))

    assert result.returncode == 1
    assert "nowhere.jsonl cannot be read" in result.stderr
