"""What a measured value may be, as it is typed (docs/rules.md 10)."""

from decimal import Decimal

import pytest

from service.checks.limits import Limits, is_within, read_limits


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("20–25", "20", "25"), ("20-25", "20", "25"), ("20 至 25", "20", "25"), ("-5–0.5", "-5", "0.5"),
        ("≤70", None, "70"), ("<=70", None, "70"), ("不高于 70", None, "70"), ("≥30", "30", None), (">= 30", "30", None),
    ],
)  # fmt: skip
def test_limits_are_read(text, least, most):
    assert read_limits(text) == Limits(Decimal(least) if least else None, Decimal(most) if most else None)


def test_nothing_is_no_limit():
    assert read_limits(" ") is None


@pytest.mark.parametrize("text", ["25–20", "about 20", "20", "≤", "20–25–30"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"no limits|upside down"):
        read_limits(text)


@pytest.mark.parametrize(
    ("limits", "value", "within"),
    [
        ("20–25", "20", True), ("20–25", "25", True), ("20–25", "27.5", False), ("20–25", "19.9", False),
        ("20–25", "22 ℃", True), ("≤70", "70", True), ("≤70", "70.01", False), ("≥30", "29", False),
        ("20–25", "about 22", None), ("20–25", "", None), ("", "22", None), ("nonsense", "22", None),
    ],
)  # fmt: skip
def test_the_value_judges(limits, value, within):
    assert is_within(limits, value) is within
