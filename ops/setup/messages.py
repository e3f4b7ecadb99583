"""Both languages complete: every text of the product has its Chinese, in the app it belongs to, and none is left over.

A text belongs to the lowest app that uses it, for that is where it would stand if the upper ones were not there. The
templates of an app are those in `templates/<app>/`; all others belong to `base`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, TypeAlias

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import normalize
from django.utils.translation.template import templatize

from .stamp import ROOT
from .texts import catalogue_of, catalogues, messages, read

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: The lowest first, as in the first contract of the imports in `pyproject.toml`.
APPS = ("base", "contracts", "warranty", "service", "billing", "renewals", "console", "ops", "config")
_HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""

#: A context, if it has one, and the text or its plural forms.
Text: TypeAlias = tuple[str | None, str | tuple[str, ...]]


class Use(NamedTuple):
    """The lowest app that uses a text, and the first place there, as `path:line`."""

    app: str
    place: str


class Entry(NamedTuple):
    """One translation and the catalogue it stands in."""

    path: Path
    message: Message

    @property
    def complete(self) -> bool:
        """Whether there is a translation that somebody has settled on."""
        string = self.message.string
        return bool(all(string) if isinstance(string, (list, tuple)) else string) and not self.message.fuzzy


def _sources(root: Path) -> Iterator[tuple[str, Path, bytes]]:
    """(app, file, source): Python as it is, templates as the Python that Django makes of them for extraction."""
    templates: dict[str, list[Path]] = {app: [] for app in APPS}
    for path in sorted((root / "templates").rglob("*.html")):
        folder = path.relative_to(root / "templates").parts[0]
        templates[folder if folder in templates else "base"].append(path)
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            yield app, path, path.read_bytes()
        for path in templates[app]:
            # The extractor reads Python tokens: leading blanks would be indentation.
            yield app, path, re.sub(r"^[ \t]+", "", templatize(path.read_text()), flags=re.MULTILINE).encode()


def used_texts(root: Path = ROOT) -> dict[Text, Use]:
    """Every text of the product and where it belongs, the lowest app first."""
    found: dict[Text, Use] = {}
    for app, path, source in _sources(root):
        for line, text, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            found.setdefault((context, text), Use(app, f"{path.relative_to(root)}:{line}"))
    return found


def translated_texts(root: Path = ROOT) -> dict[Text, list[Entry]]:
    """What stands in the catalogues; of two entries for a text, one is too many."""
    found: dict[Text, list[Entry]] = {}
    for path in catalogues(root):
        for message in messages(read(path)):
            text = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
            found.setdefault((message.context, text), []).append(Entry(path, message))
    return found


def problems(root: Path = ROOT) -> list[str]:
    """What is missing, stands in the wrong file or is left over, one line each."""
    used, translated = used_texts(root), translated_texts(root)
    found = []
    for text, use in used.items():
        wanted = catalogue_of(use.app, root)
        entries = translated.get(text, [])
        place = wanted.relative_to(root)
        if not any(entry.complete for entry in entries):
            found.append(f"{use.place}: {text[1]!r} is not translated; it belongs in {place}")
        elsewhere = [entry.path.relative_to(root) for entry in entries if entry.path != wanted]
        found += [f"{path}: {text[1]!r} belongs in {place}, for {use.place} uses it" for path in elsewhere]
    for text, entries in translated.items():
        if text not in used:
            found += [f"{entry.path.relative_to(root)}: {text[1]!r} is used nowhere" for entry in entries]
    return found


def tidy(root: Path = ROOT) -> None:
    """Write each catalogue anew: every text where it belongs, what is missing with no translation, the rest gone.

    ValueError when a text is translated in two ways: only a person knows which is meant.
    """
    translated = translated_texts(root)
    wanted: dict[str, dict[Text, Message]] = {app: {} for app in APPS}
    for text, use in used_texts(root).items():
        entries = [entry for entry in translated.get(text, []) if entry.complete]
        if len({str(entry.message.string) for entry in entries}) > 1:
            files = " and ".join(str(entry.path.relative_to(root)) for entry in entries)
            raise ValueError(f"{files} differ about {text[1]!r}")
        wanted[use.app][text] = entries[0].message if entries else Message(text[1], context=text[0])
    for app, texts in wanted.items():
        path = catalogue_of(app, root)
        if texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_HEADER + "".join(_written(texts)))
        else:
            path.unlink(missing_ok=True)


def _written(texts: Mapping[Text, Message]) -> Iterator[str]:
    """The entries as they stand in a file, by the alphabet: two people who add a text seldom touch the same line."""
    for (context, text), message in sorted(texts.items(), key=lambda item: (str(item[0][1]).lower(), str(item[0]))):
        string = message.string or ""
        # Chinese has one form, whatever the number.
        chinese = string if isinstance(string, str) else string[0]
        lines = ["#, python-format"] if message.python_format else []
        lines += [f"msgctxt {_quoted(context)}"] if context else []
        if isinstance(text, str):
            lines += [f"msgid {_quoted(text)}", f"msgstr {_quoted(chinese)}"]
        else:
            singular, plural = text
            lines += [f"msgid {_quoted(singular)}", f"msgid_plural {_quoted(plural)}", f"msgstr[0] {_quoted(chinese)}"]
        yield "\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return normalize(text, width=0)


def main() -> int:
    """Print every problem; 0 when there is none."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tidy", action="store_true", help="first write the catalogues anew, see `tidy`")
    if arguments.parse_args().tidy:
        tidy()
    found = problems()
    print("\n".join(found) if found else "Every text is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
