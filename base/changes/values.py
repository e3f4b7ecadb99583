"""Values of fields as JSON keeps them until they are carried out, exactly as they were typed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from moneyed import Money


def pack(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sums, shares, days and plain values; TypeError for anything else, which would come back as something else."""
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case Money():
            return {"money": [str(value.amount), value.currency.code]}
        case Decimal():
            return {"share": str(value)}
        case date():
            return {"day": value.isoformat()}
    raise TypeError(f"not to be kept: {value!r}")


def unpack(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `pack` was given."""
    return {name: _unpacked(value) for name, value in kept.items()}


def _unpacked(value: Any) -> Any:
    match value:
        case {"money": [str(amount), str(currency)]}:
            return Money(amount, currency)
        case {"share": str(share)}:
            return Decimal(share)
        case {"day": str(day)}:
            return date.fromisoformat(day)
    return value
