"""The translations: each app's own catalogue, compiled to what Django reads."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .stamp import ROOT, digest, is_current, set_current

_LANGUAGE = "zh_Hans"
_CATALOGUE = f"locale/{_LANGUAGE}/LC_MESSAGES/django.po"
_STAMP = ROOT / "var" / "texts"


class TranslationError(Exception):
    """A catalogue cannot be used as it is; names the file and the text."""


def catalogue_of(app: str, root: Path = ROOT) -> Path:
    """Where the Chinese of an app stands."""
    return root / app / _CATALOGUE


def catalogues(root: Path = ROOT) -> list[Path]:
    """The catalogues of all apps."""
    return sorted(root.glob(f"*/{_CATALOGUE}"))


def messages(catalog: Catalog) -> Iterator[Message]:
    """The entries of a catalogue without its header."""
    return (message for message in catalog if message.id)


def read(path: Path) -> Catalog:
    """One catalogue.

    Raises `TranslationError` when a text stands in it twice, or when the placeholders of a translation differ.
    """
    with path.open("rb") as file:
        catalog = read_po(file, locale=_LANGUAGE, abort_invalid=True)
    # Of a text that stands twice, the reader keeps one without a word.
    entries = sum(line.startswith("msgid ") for line in path.read_text().splitlines())
    if entries != len(catalog) + 1:
        raise TranslationError(f"{path}: a text stands twice")
    for message in messages(catalog):
        for problem in message.check(catalog):
            raise TranslationError(f"{path}: {message.id!r}: {problem}")
    return catalog


def compile_catalogues(root: Path = ROOT) -> None:
    """Write a `django.mo` beside each catalogue."""
    for path in catalogues(root):
        target = path.with_suffix(".mo")
        made = target.with_suffix(".mo.new")
        with made.open("wb") as file:
            write_mo(file, read(path))
        # Put in place whole: a running product, or a second set-up, keeps reading meanwhile.
        made.replace(target)


def main() -> int:
    """Compile every catalogue if one changed; 0 when all are current, 1 with the problem on standard error."""
    paths = catalogues()
    wanted = digest([Path(__file__), *(part for path in paths for part in (str(path), path))])
    if is_current(_STAMP, wanted) and all(path.with_suffix(".mo").exists() for path in paths):
        return 0
    try:
        compile_catalogues()
    except TranslationError as problem:
        print(problem, file=sys.stderr)
        return 1
    set_current(_STAMP, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
