"""Every story beside this file is played on a fresh database, and each act must come to what the story expects of it."""

from pathlib import Path

import pytest

from ops.stories.database import furnish
from ops.stories.player import Player
from tests.ops.management.test_play import play

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.jsonl"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_a_story_comes_to_what_it_expects(path, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    furnish()
    results = list(Player(path.stem, HERE).play(path.read_text(encoding="utf-8").splitlines()))
    assert results
    assert [each for each in results if "unexpected" in each] == []


def test_two_plays_give_the_same_to_the_letter(tmp_path):
    first, second = (
        play(tmp_path / name, str(HERE / "chain.jsonl"), "--new", "--format", "json") for name in ("first", "second")
    )

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout
    assert len(first.stdout) > 1000
