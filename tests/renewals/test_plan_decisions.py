"""What becomes of each step of a renewal, by its facts alone (docs/rules.md 5)."""

from dataclasses import replace
from datetime import date

import pytest

from renewals.enums import RenewalReason as Why
from renewals.plan_decisions import (
    BudgetFacts,
    DraftFacts,
    ExpiryFacts,
    ReminderFacts,
    SendFacts,
    decide_budget,
    decide_draft,
    decide_expiry,
    decide_reminder,
    decide_send,
)
from warranty.enums import PlanReason
from warranty.planning.decisions import ByHand, Leaves, Skipped, Waits

ON, YESTERDAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 23)
SNOOZED = "2026-11-23"


@pytest.mark.parametrize(
    ("open_quote", "snoozed_until", "expected"),
    [
        (False, None, Leaves()),
        (False, ON, Leaves()),
        (False, YESTERDAY, Leaves()),
        (False, TOMORROW, Waits(Why.SNOOZED, SNOOZED)),
        (True, None, Skipped(Why.OPEN_QUOTE)),
        (True, TOMORROW, Skipped(Why.OPEN_QUOTE)),
    ],
)
def test_a_draft(open_quote, snoozed_until, expected):
    assert decide_draft(DraftFacts(ON, snoozed_until, open_quote)) == expected


READY = SendFacts(
    on=ON,
    snoozed_until=None,
    drafted=True,
    to_be_drafted=False,
    on_hold=False,
    hold_reason="",
    needs_approval=False,
    manual=False,
    readable=True,
)
ON_HOLD = {"on_hold": True, "hold_reason": "talks"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Leaves()),
        ({"drafted": False, "to_be_drafted": True}, Waits(Why.WAITS_FOR_DRAFT)),
        ({"drafted": False}, Skipped(Why.NO_DRAFT)),
        # A draft that stands is sent, though the plan would still make one.
        ({"to_be_drafted": True}, Leaves()),
        (ON_HOLD, Waits(PlanReason.ON_HOLD, "talks")),
        ({"snoozed_until": TOMORROW}, Waits(Why.SNOOZED, SNOOZED)),
        ({"snoozed_until": ON}, Leaves()),
        ({"needs_approval": True}, Waits(Why.WAITS_FOR_APPROVAL, todo="quote_to_approve")),
        ({"manual": True}, ByHand("quote_to_send", Why.BY_HAND)),
        ({"readable": False}, ByHand("quote_by_hand", PlanReason.NO_READER)),
        # Where several hold: a person's hold, the snooze, the approval, the mode, the address.
        ({**ON_HOLD, "snoozed_until": TOMORROW, "needs_approval": True}, Waits(PlanReason.ON_HOLD, "talks")),
        ({"snoozed_until": TOMORROW, "needs_approval": True}, Waits(Why.SNOOZED, SNOOZED)),
        ({"needs_approval": True, "manual": True}, Waits(Why.WAITS_FOR_APPROVAL, todo="quote_to_approve")),
        ({"manual": True, "readable": False}, ByHand("quote_to_send", Why.BY_HAND)),
    ],
)
def test_a_mail_of_a_quote(changes, expected):
    assert decide_send(replace(READY, **changes)) == expected


SENT = ReminderFacts(on=ON, snoozed_until=None, overtaken=False, sent=True, manual=False, readable=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Leaves()),
        ({"overtaken": True, "snoozed_until": TOMORROW}, Skipped(Why.LATER_REMINDER)),
        ({"snoozed_until": TOMORROW, "sent": False}, Skipped(Why.SNOOZED, SNOOZED)),
        ({"snoozed_until": ON}, Leaves()),
        ({"sent": False, "manual": True}, ByHand("no_quote_sent", Why.NO_QUOTE_SENT)),
        ({"manual": True, "readable": False}, ByHand("remind_customer", Why.BY_HAND)),
        ({"readable": False}, ByHand("letter_by_hand", PlanReason.NO_READER)),
    ],
)
def test_a_reminder(changes, expected):
    assert decide_reminder(replace(SENT, **changes)) == expected


@pytest.mark.parametrize(
    ("valid_until", "expected"),
    [
        (None, Skipped(Why.NO_OPEN_QUOTE)),
        (YESTERDAY, Leaves()),
        (ON, Waits(Why.VALID_LONGER, until=TOMORROW)),
        (TOMORROW, Waits(Why.VALID_LONGER, until=date(2026, 11, 24))),
    ],
)
def test_the_end_of_a_quote(valid_until, expected):
    assert decide_expiry(ExpiryFacts(ON, valid_until)) == expected


@pytest.mark.parametrize(
    ("manual", "readable", "expected"),
    [
        (False, True, Leaves()),
        (False, False, ByHand("budget_notice", PlanReason.NO_READER)),
        (True, True, ByHand("budget_notice", Why.BY_HAND)),
        (True, False, ByHand("budget_notice", Why.BY_HAND)),
    ],
)
def test_a_budget_notice(manual, readable, expected):
    assert decide_budget(BudgetFacts(manual, readable)) == expected
