"""The keys of many records in few bytes: sorted, as distances, packed."""

import zlib
from array import array
from collections.abc import Iterable
from itertools import accumulate, pairwise


def pack_keys(keys: Iterable[int]) -> bytes:
    """Each key once. A million neighbours take some kilobytes."""
    ordered = sorted(set(keys))
    if not ordered:
        return b""
    steps = array("q", [ordered[0], *(after - before for before, after in pairwise(ordered))])
    return zlib.compress(steps.tobytes(), 1)


def unpack_keys(packed: bytes) -> list[int]:
    """The keys, in order."""
    if not packed:
        return []
    steps = array("q")
    steps.frombytes(zlib.decompress(packed))
    return list(accumulate(steps))
