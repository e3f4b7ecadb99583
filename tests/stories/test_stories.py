"""Every story beside this file is played on a fresh database, and each act must come to what the story expects of it."""

from pathlib import Path

import pytest

from ops.stories.database import furnish
from ops.stories.player import Player

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
