import json

import pytest

from ops.stories.database import furnish
from ops.stories.player import Player


@pytest.fixture
def play(db, settings, tmp_path):
    """Play acts, given as objects, one after the other; files lie in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    furnish()
    player = Player("test", tmp_path)

    def act(**keys):
        (result,) = player.play([json.dumps({"on": "2026-11-22", "by": "chenjing", **keys})])
        return result

    act.folder, act.player = tmp_path, player
    return act
