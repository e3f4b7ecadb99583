"""Both languages complete: every text of the product has its Chinese, and no translation is left over."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from .stamp import ROOT
from .texts import LOCALE, merge, messages

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
PACKAGES = ("base", "billing", "config", "console", "contracts", "ops", "renewals", "service", "warranty")
Text = tuple[str | None, str | tuple[str, ...]]


def _sources(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Python files as they are, templates as the Python that Django makes of them for extraction."""
    for package in PACKAGES:
        yield from ((path, path.read_bytes()) for path in sorted((root / package).rglob("*.py")))
    for folder in ("templates", *PACKAGES):
        for path in sorted((root / folder).rglob("templates/**/*.html" if folder in PACKAGES else "**/*.html")):
            # The extractor reads Python tokens: leading blanks would be indentation.
            flat = re.sub(r"^[ \t]+", "", templatize(path.read_text()), flags=re.MULTILINE)
            yield path, flat.encode()


def used_texts(root: Path = ROOT) -> dict[Text, str]:
    """(context, text or its plural forms) → the first place that uses it, as `path:line`."""
    found: dict[Text, str] = {}
    for path, source in _sources(root):
        for line, text, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            found.setdefault((context, text), f"{path.relative_to(root)}:{line}")
    return found


def problems(folder: Path, root: Path = ROOT) -> list[str]:
    """What is missing from or left over in one language's parts, one line each."""
    catalog = merge(list((folder / "parts").glob("*.po")), locale=folder.name)
    translated: dict[Text, bool] = {}
    for message in messages(catalog):
        strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        key = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
        translated[(message.context, key)] = all(strings) and not message.fuzzy
    used = used_texts(root)
    missing = [f"{place}: no {folder.name} for {text[1]!r}" for text, place in used.items() if not translated.get(text)]
    unused = [f"{folder.name}: {text[1]!r} is used nowhere" for text in translated if text not in used]
    return missing + unused


def main() -> int:
    """Print every problem of every language; 0 when there is none."""
    found = [line for path in sorted(LOCALE.glob("*/parts")) for line in problems(path.parent)]
    print("\n".join(found) if found else "Every text is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
