import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.uscc import is_valid, normalise

# docs/practice.md 1.5, examples uscc (area 000000: they name no real unit)
VALID = [
    "91000000000000019G",
    "91000000MA0000007C",
    "11000000000000027K",
    "12000000000000035B",
    "510000000000000435",
    "52000000000000051W",
    "5300000000000006XH",
    "81000000000000078L",
    "93000000MA00000151",
    "92000000MA0000023Y",
    "Y1000000000000094K",
    "91000000000000107Y",
    "9100000000000022XT",
    "9100000000000006XK",
    "910000000000000431",
]


@pytest.mark.parametrize("code", [*VALID, "91000000000000019g", "9100 0000 0000 0001 9G", "９1000000000000019Ｇ\u200b"])
def test_valid(code):
    assert is_valid(code)


@pytest.mark.parametrize(
    "code",
    [
        "91000000000000019H",  # check wrong
        "91000000000000091G",  # two figures swapped
        "9100000000000001OG",  # letter O
        "91000000000000019",  # 17 long
        "91430900MA4L2R3X8K",
        "91000000000000019GG",
        "9100000A0000000191",  # a letter in the area, though the check is right
        "9.1E+17",
        "",
        "客户",
    ],
)
def test_invalid(code):
    assert not is_valid(code)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 9100 0000\u30000000 0001 9g\ufeff", "91000000000000019G"),
        ("９１０", "910"),
        ("", ""),
    ],
)
def test_normalise(typed, code):
    assert normalise(typed) == code


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_is_always_found(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    assert is_valid(changed) == (changed == code)
