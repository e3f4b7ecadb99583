"""Names as people type them: full-width, bracketed, spaced, with invisible characters in between."""

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


def _visible(text: str) -> str:
    """Without control and format characters, such as zero-width spaces and byte-order marks."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
