"""`manage.py play STORY.jsonl [--new] [--language en|zh-hans] [--format json]`: play a story (docs/howto/story.md)."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ops.management.commands._json import show
from ops.stories.database import open_for
from ops.stories.player import Player


class Command(BaseCommand):
    help = "Play a story, act by act, on a database made for stories; exits with 1 if an act came to what was not expected."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("story", type=Path, help="one JSON object a line")
        parser.add_argument("--new", action="store_true", help="begin with a fresh database of its own")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of what is said")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, story: Path, new: bool, language: str, format: str, **_options: object) -> None:  # noqa: A002 (the option's own name)
        path = story
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{path} cannot be read: {problem}") from problem
        open_for(path, new=new)
        played = Player(path.stem[:60], path.resolve().parent, language).play(lines)
        if format == "json":
            results = list(played)
            show(self, results)
        else:
            results = list(self._told(played))
        if any("unexpected" in each for each in results):
            sys.exit(1)

    def _told(self, played: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Each act as a line for people, as it is played."""
        for each in played:
            self.stdout.write(in_words(each))
            yield each


def in_words(result: Mapping[str, Any]) -> str:
    """One line of the play."""
    if result["ok"]:
        told = " ".join(filter(None, [str(result.get("record", "")), str(result.get("state", ""))])) or "done"
        more = {k: v for k, v in result.items() if k not in ("line", "ok", "record", "state", "unexpected")}
        told += f"  {more}" if more else ""
    else:
        told = "refused: " + "; ".join(f"{field}: {sentence}" for field, sentence in result["refused"].items())
    unexpected = f"  UNEXPECTED: {result['unexpected']}" if "unexpected" in result else ""
    return f"{result['line']:4} {told}{unexpected}"
