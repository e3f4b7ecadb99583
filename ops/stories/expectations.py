"""What an act is expected to come to: nothing said means that it is done."""

from collections.abc import Mapping
from typing import Any

REFUSED, DONE = "refused", "ok"


def unmet(expected: object, result: Mapping[str, Any]) -> str:
    """What differs, in words; empty where the act came to what was expected.

    `"refused"`; `{"state": "sent"}` and any other key of the result; `{"refused": ["price"]}` for the fields alone,
    `{"refused": {"price": "…"}}` for the sentences too.
    """
    if expected == REFUSED:
        return "" if not result["ok"] else "it was done, and should have been refused"
    wanted = {} if expected in (None, DONE) else expected
    if not isinstance(wanted, Mapping):
        return f'\'expect\' is "refused", "ok" or an object, not {expected!r}'
    if not result["ok"] and REFUSED not in wanted and wanted.get("ok", True):
        return "it was refused"
    return "; ".join(_differences(wanted, result))


def _differences(wanted: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in wanted.items():
        there = result.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            found += [f"{key}.{each}" for each in _differences(value, there)]
        elif key == REFUSED and isinstance(value, list) and isinstance(there, Mapping):
            if sorted(value) != sorted(there):
                found.append(f"{key}: {sorted(there)} instead of {sorted(value)}")
        elif there != value:
            found.append(f"{key}: {there!r} instead of {value!r}")
    return found
