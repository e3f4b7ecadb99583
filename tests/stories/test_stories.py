"""Every story beside this file is played on a fresh database, and each act must come to what the story expects of it."""

import json
from pathlib import Path

import pytest

from ops.stories.database import furnish
from ops.stories.player import Player
from tests.ops.management.test_play import ROOT, play

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


@pytest.mark.django_db
def test_the_story_of_the_guide_comes_to_what_it_says(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    furnish()
    guide = (ROOT / "docs" / "howto" / "story.md").read_text(encoding="utf-8")
    lines = guide.partition("```json\n")[2].partition("```")[0].splitlines()
    results = list(Player("guide", HERE).play(lines))
    assert len(results) > 5
    assert [each for each in results if "unexpected" in each] == []


@pytest.mark.django_db
def test_two_plays_give_the_same_to_the_letter(tmp_path, settings):
    """One by the command on a database of its own, one here, where other keys were given out before."""
    settings.MEDIA_ROOT = tmp_path / "files"
    furnish()
    path = HERE / "chain.jsonl"
    here = list(Player(path.stem, HERE).play(path.read_text(encoding="utf-8").splitlines()))
    there = play(tmp_path, str(path), "--new", "--format", "json")

    assert there.returncode == 0, there.stderr
    assert json.loads(there.stdout) == json.loads(json.dumps(here))
