from decimal import Decimal

import pytest

from base.lib.percent import percent


@pytest.mark.parametrize(
    ("share", "text", "signed"),
    [
        ("0.98331", "98.3 %", "+98.3 %"),
        ("0.0005", "0.1 %", "+0.1 %"),
        ("0.00049", "0.0 %", "+0.0 %"),
        ("-0.125", "-12.5 %", "−12.5 %"),
        ("1", "100.0 %", "+100.0 %"),
    ],
)
def test_percent(share, text, signed):
    """A change has a real minus sign, a share that of the keyboard."""
    assert percent(Decimal(share)) == text
    assert percent(Decimal(share), signed=True) == signed
