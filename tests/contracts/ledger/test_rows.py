"""How a fault of a ledger is told."""

import pytest

from contracts.ledger.rows import Finding, Problem, shown


def test_a_problem_is_told_with_its_cap_in_the_words_of_the_reader():
    finding = Finding("S", 3, "amount", "x", Problem.ABOVE_RATE_CAP, cap="20 %")
    assert finding.text() == "above the 20 % cap"
    assert finding.text(lambda words: "über " + words) == "über above the 20 % cap"
    assert Finding("S", 3, "amount", "", Problem.MISSING).as_dict() == {
        "sheet": "S", "row": 3, "field": "amount", "value": "", "problem": "missing",
    }  # fmt: skip


@pytest.mark.parametrize(("raw", "text"), [("  甲 ", "甲"), (None, ""), (12.0, "12")])
def test_a_cell_is_shown_as_a_person_would_quote_it(raw, text):
    assert shown(raw) == text
