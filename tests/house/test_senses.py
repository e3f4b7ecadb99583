"""A text without a context that stands in two files has one sense in both: somebody looked, and wrote it down here.

English has one word for several senses, Chinese seldom has: "by" was 操作人 over a deadline. A new text that two files share
fails this test. If it means the same in both, add it to `senses.txt`; if not, give each its context (docs/glossary.md 2).
"""

from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract

from ops.setup.messages import KEYWORDS, _sources

LIST = Path(__file__).with_name("senses.txt")


def shared() -> set[str]:
    """Every text without a context that is used in two files."""
    places: dict[str, set[Path]] = {}
    for _app, path, source in _sources(Path.cwd()):
        for _line, text, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            if context is None:
                places.setdefault(text if isinstance(text, str) else text[0], set()).add(path)
    return {text for text, files in places.items() if len(files) > 1}


def test_each_text_of_two_files_has_one_sense_there():
    known = set(LIST.read_text(encoding="utf-8").splitlines())
    found = {text.replace("\n", "\\n") for text in shared()}
    assert sorted(found - known) == [], "one sense in all its files? then add it to tests/house/senses.txt"
    assert sorted(known - found) == [], "used in one file only by now: take it out of tests/house/senses.txt"


def test_words_of_several_senses_are_never_without_a_context():
    """Those that once stood for two senses on one screen (docs/glossary.md 2)."""
    for word in ("Asked", "To", "From", "Due", "Rate", "Service"):
        assert word not in shared(), word
