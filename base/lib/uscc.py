"""统一社会信用代码, the unified social credit code of Chinese organisations (GB 32100-2015).

A failing code is a reason to warn and ask, never to block: old 15- and 20-digit tax numbers,
overseas buyers and army units have none (docs/practice.md 1.5).
"""

import re

from base.lib.text import compact

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def normalise(code: str) -> str:
    """Upper case, half-width, without any white space."""
    return compact(code).upper()


def is_valid(code: str) -> bool:
    """Right shape and right 18th character, however the code was typed."""
    code = normalise(code)
    if not _SHAPE.fullmatch(code):
        return False
    checksum = sum(_ALPHABET.index(c) * weight for c, weight in zip(code[:17], _WEIGHTS, strict=True))
    return code[17] == _ALPHABET[-checksum % 31]
