"""What becomes of the rows that coverage brings, by their facts alone (docs/rules.md 5)."""

from dataclasses import replace
from datetime import date

import pytest

from warranty.enums import PlanReason as Why
from warranty.plan_decisions import (
    EndFacts,
    MissedFacts,
    NoticeFacts,
    TerminationFacts,
    decide_end,
    decide_missed,
    decide_notice,
    decide_termination,
)
from warranty.planning.decisions import ByHand, Leaves, Skipped, Waits, code_of, stored_reason

ON, YESTERDAY = date(2026, 11, 22), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("followed", "readable", "expected"),
    [
        (True, True, Leaves()),
        (True, False, Leaves()),
        (False, True, Leaves()),
        (False, False, ByHand("letter_by_hand", Why.NO_READER)),
    ],
)
def test_the_end_of_coverage(followed, readable, expected):
    assert decide_end(EndFacts(followed, readable)) == expected


@pytest.mark.parametrize(
    ("ending_on", "expected"), [(ON, Leaves()), (YESTERDAY, Skipped(Why.GOES_ON)), (None, Skipped(Why.GOES_ON))]
)
def test_a_termination_as_of_a_coming_day(ending_on, expected):
    assert decide_termination(TerminationFacts(ending_on, planned_on=ON)) == expected


def test_the_alarm_of_a_missed_visit():
    assert decide_missed(MissedFacts(awaited=True)) == Leaves()
    assert decide_missed(MissedFacts(awaited=False)) == Skipped(Why.REPORTED)


NOTICE = NoticeFacts(on=ON, awaited=True, overtaken=False, visit_on=ON, window_last=ON, readable=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Leaves()),
        ({"awaited": False, "overtaken": True}, Skipped(Why.REPORTED)),
        ({"window_last": None}, Skipped(Why.REPORTED)),
        ({"overtaken": True, "window_last": YESTERDAY}, Skipped(Why.LATER_NOTICE)),
        ({"window_last": YESTERDAY}, Skipped(Why.WINDOW_OVER)),
        ({"readable": False}, ByHand("inspection_due", Why.NO_READER)),
        ({"ending_on": ON}, Leaves()),
        ({"ending_on": YESTERDAY}, Waits(Why.ENDING, str(YESTERDAY))),
        ({"ending_on": YESTERDAY, "window_last": YESTERDAY}, Skipped(Why.WINDOW_OVER)),
        ({"ending_on": YESTERDAY, "visit_on": None}, Leaves()),
    ],
)
def test_a_notice_of_a_visit(changes, expected):
    assert decide_notice(replace(NOTICE, **changes)) == expected


@pytest.mark.parametrize(
    ("decision", "stored", "said"),
    [
        (Leaves(), "", ""),
        (ByHand("letter_by_hand", Why.NO_READER), "", "no_reader"),
        (Waits(Why.ON_HOLD, "talks"), "on_hold: talks", "on_hold: talks"),
        (Skipped(Why.TERM_OVER), "term_over", "term_over"),
    ],
)
def test_what_a_row_keeps_of_it_and_what_a_screen_says(decision, stored, said):
    """A row that was done by hand was done; only what is still to come says by whom."""
    assert (stored_reason(decision), code_of(decision)) == (stored, said)
