"""The translations: parts/*.po of a language made into the one catalogue that Django reads."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .stamp import ROOT, digest, is_current, set_current

LOCALE = ROOT / "locale"


class TranslationError(Exception):
    """Two parts translate one text differently, or a part is not a catalogue; names the files."""


def read_part(path: Path) -> Catalog:
    """One part; its own duplicates and broken lines are errors."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def messages(catalog: Catalog) -> Iterator[Message]:
    """The entries of a catalogue without its header."""
    return (message for message in catalog if message.id)


def merge(parts: list[Path], *, locale: str) -> Catalog:
    """All parts as one catalogue.

    Raises `TranslationError` when two parts differ about a text, or when placeholders do not match.
    """
    merged = Catalog(locale=locale)
    origin: dict[object, str] = {}
    for path in sorted(parts):
        for message in messages(read_part(path)):
            key = (message.id, message.context)
            known = merged.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise TranslationError(f"{origin[key]} and {path.name} differ about {message.id!r}")
            for problem in message.check(merged):
                raise TranslationError(f"{path.name}: {message.id!r}: {problem}")
            merged.add(message.id, message.string, flags=message.flags, context=message.context)
            origin[key] = path.name
    return merged


def compile_language(folder: Path) -> None:
    """Write LC_MESSAGES/django.mo of one language if a part changed."""
    parts = sorted((folder / "parts").glob("*.po"))
    target = folder / "LC_MESSAGES" / "django.mo"
    wanted, stamp = digest([Path(__file__), *parts]), ROOT / "var" / f"texts-{folder.name}"
    if target.exists() and is_current(stamp, wanted):
        return
    merged = merge(parts, locale=folder.name)
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, merged)
    set_current(stamp, wanted)


def main() -> int:
    """Compile every language; 0 when all are current, 1 with the problem on standard error."""
    try:
        for folder in sorted(path.parent for path in LOCALE.glob("*/parts")):
            compile_language(folder)
    except TranslationError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
