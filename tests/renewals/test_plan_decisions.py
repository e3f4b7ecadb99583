"""What becomes of each step of a renewal, by its facts alone (docs/rules.md 5)."""

from dataclasses import replace
from datetime import date

import pytest

from renewals.enums import QuoteStatus as Q
from renewals.enums import RenewalReason as Why
from renewals.plan_decisions import (
    AgainFacts,
    BudgetFacts,
    DraftFacts,
    ExpiryFacts,
    ReminderFacts,
    SendFacts,
    WhatFollows,
    WordFacts,
    decide_again,
    decide_budget,
    decide_draft,
    decide_expiry,
    decide_reminder,
    decide_send,
    decide_word,
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


def again(*statuses, **more):
    facts = AgainFacts(
        on=ON, statuses=frozenset(statuses), latest=statuses[-1] if statuses else None, by_a_person=False, was_sent=True,
        just_lost=False, planned_on=YESTERDAY, coming=False, term_runs=True,
    )  # fmt: skip
    return decide_again(replace(facts, **more))


@pytest.mark.parametrize(
    ("statuses", "more", "expected"),
    [
        ([Q.SENT], {}, WhatFollows.HAS_LEFT),
        ([Q.SENT, Q.DRAFT], {}, WhatFollows.HAS_LEFT),
        ([Q.SUPERSEDED, Q.DRAFT], {}, WhatFollows.IS_DRAFTED),
        ([Q.DECLINED], {}, WhatFollows.DECIDED),
        ([Q.ACCEPTED], {}, WhatFollows.DECIDED),
        ([Q.DECLINED, Q.SUPERSEDED], {}, WhatFollows.AGAIN),
        ([Q.SUPERSEDED], {}, WhatFollows.AGAIN),
        ([Q.CANCELLED], {}, WhatFollows.AGAIN),
        ([], {}, WhatFollows.AGAIN),
        ([], {"coming": True}, WhatFollows.NOTHING),
        ([Q.SUPERSEDED], {"coming": True}, WhatFollows.NOTHING),
        ([Q.SUPERSEDED], {"coming": True, "just_lost": True}, WhatFollows.AGAIN),
        ([Q.SUPERSEDED], {"term_runs": False}, WhatFollows.NOTHING),
        ([Q.SUPERSEDED], {"planned_on": None}, WhatFollows.NOTHING),
        ([Q.EXPIRED], {}, WhatFollows.NOTHING),
        ([Q.EXPIRED], {"planned_on": ON}, WhatFollows.NOTHING),
        ([Q.EXPIRED], {"planned_on": TOMORROW}, WhatFollows.AGAIN),
    ],
)
def test_what_the_product_took_away_happens_again(statuses, more, expected):
    assert again(*statuses, **more) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, WhatFollows.ASKED),
        ({"just_lost": True}, WhatFollows.ASKED),
        ({"just_lost": True, "coming": True}, WhatFollows.ASKED),
        ({"coming": True}, WhatFollows.NOTHING),
        ({"planned_on": TOMORROW}, WhatFollows.ASKED),
        ({"planned_on": TOMORROW, "was_sent": False}, WhatFollows.AGAIN),
        ({"planned_on": ON, "was_sent": False}, WhatFollows.ASKED),
        ({"term_runs": False, "just_lost": True}, WhatFollows.QUESTION),
        ({"planned_on": None, "just_lost": True}, WhatFollows.QUESTION),
        ({"term_runs": False}, WhatFollows.NOTHING),
    ],
)
def test_on_what_a_person_called_back_a_person_decides(more, expected):
    assert again(Q.CANCELLED, by_a_person=True, **more) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (WordFacts(newer=False, follows=True, readable=True), Leaves()),
        (WordFacts(newer=False, follows=True, readable=False), ByHand("letter_by_hand", PlanReason.NO_READER)),
        (WordFacts(newer=True, follows=True, readable=True), Skipped(Why.QUOTE_LEFT)),
        (WordFacts(newer=False, follows=False, readable=True), Skipped(Why.NOTHING_FOLLOWS)),
    ],
)
def test_the_word_that_a_new_quote_follows(facts, expected):
    assert decide_word(facts) == expected
