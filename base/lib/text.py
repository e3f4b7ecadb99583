"""Names as people type them: full-width, bracketed, spaced, with invisible characters in between."""

import re
import unicodedata

_BRACKETS = str.maketrans("〔〕【】〖〗[]", "()()()()")


def clean(text: str) -> str:
    """For storage: as typed, without invisible characters, and with single plain spaces."""
    return " ".join(_visible(text).split())


def compact(text: str) -> str:
    """Compatibility characters made plain (NFKC: full-width to half-width), all white space removed."""
    return unicodedata.normalize("NFKC", "".join(_visible(unicodedata.normalize("NFKC", text)).split()))


def match_key(name: str) -> str:
    """The key under which two spellings of one name meet; for comparing only, never for printing."""
    return compact(compact(name).casefold()).translate(_BRACKETS)


#: Halves of characters that stand alone, and NUL: no database takes them.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Without what no database stores, whatever else it says."""
    return _UNSTORABLE.sub("", text)


#: What makes a spreadsheet take a text for a formula, in whatever width it is written.
_FORMULA = ("=", "+", "-", "@")


def harmless(text: str) -> str:
    """For a cell of a CSV file: a text that no spreadsheet runs, whatever stands invisible before its sign.

    Numbers of many digits stay as they are: whoever reads the file by program needs the digits and nothing else.
    """
    start = _visible(text).lstrip()[:1]
    if unicodedata.normalize("NFKC", start) in _FORMULA or text[:1] in ("\t", "\r", "\n"):
        return f"'{text}"
    return text


def number_key(number: str) -> str:
    """The key under which two spellings of one contract number meet: NFKC, without case and blanks."""
    return compact(compact(number).casefold())[:180]


def _visible(text: str) -> str:
    """Without control and format characters, such as zero-width spaces and byte-order marks."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
