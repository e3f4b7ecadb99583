import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.text import clean, compact, harmless, match_key

# docs/practice.md 4.3: 某某局（本级） and 某某局(本级), trailing space, full-width figures
SAME = [
    ["某某局（本级）", "某某局(本级)", "某某局〔本级〕", "某某局【本级】", "某某局［本级］ "],
    ["某某局（本级）", "某某局（ 本级 ）\u200b", "\ufeff某某局\u3000（本级）", "某某\n局（本\u00a0级）"],
    ["第１２中学", "第12中学"],
    ["ACME Ltd.", "acme  ltd．", "ＡＣＭＥ\u200dLtd."],
    ["STRASSE", "straße"],
]


@pytest.mark.parametrize("names", SAME)
def test_spellings_of_one_name_meet(names):
    assert len({match_key(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), [("某某局（本级）", "某某局"), ("第1中学", "第2中学"), ("甲公司", "乙公司")])
def test_different_names_stay_apart(one, other):
    assert match_key(one) != match_key(other)


def test_match_key_is_plain():
    assert match_key(" 某某局（本级）ＡＢ ") == "某某局(本级)ab"


@given(st.text())
def test_match_key_is_stable(name):
    assert match_key(match_key(name)) == match_key(name)
    assert match_key(clean(name)) == match_key(name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  某某局（本级）\t", "某某局（本级）"),
        ("Acme\u00a0\u3000 Ltd\r\n", "Acme Ltd"),
        ("某\u200b某\ufeff局\x00", "某某局"),
        ("\u3000", ""),
        ("１２号", "１２号"),
    ],
)
def test_clean_keeps_what_was_typed(typed, stored):
    assert clean(typed) == stored


@given(st.text())
def test_clean_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_compact():
    assert compact(" ９１ 00\u200b00（１） ") == "910000(1)"


@pytest.mark.parametrize(
    "text", ["=1", "＝1", "﹦1", "+1", "＋1", "-1", "－1", "@a", "＠a", "\n=1", "\t1", "\r", " =1", "\u200b@a"]
)
def test_what_a_spreadsheet_would_run_is_marked_as_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "91440300123456789012", "0012", "12-3", "甲＝乙", "a\n=1"])
def test_everything_else_stays_as_it_is(text):
    assert harmless(text) == text
