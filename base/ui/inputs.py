"""What an address or a form says, taken only if it makes sense."""

#: More digits than any key, page or version has, and fewer than a database refuses.
_DIGITS = 18


def whole(text: str | None) -> int | None:
    """A whole number that is not negative; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def keys(texts: list[str]) -> list[int]:
    """The primary keys among the texts."""
    return [key for key in map(whole, texts) if key is not None]
