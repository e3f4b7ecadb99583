"""What becomes of the steps of a renewal, by facts alone. Pure; docs/rules.md 5.

The run and "what leaves next" both ask here: a condition is written once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from renewals.enums import QuoteStatus, RenewalReason
from warranty.enums import PlanReason
from warranty.planning.decisions import ByHand, Decision, Leaves, Skipped, Waits

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DraftFacts:
    """Of the draft of a renewal on the day `on`."""

    on: date
    snoozed_until: date | None
    #: A quote of the contract is a draft or sent already.
    open_quote: bool


def decide_draft(facts: DraftFacts) -> Decision:
    """One open quote a contract; a snoozed renewal is drafted when the snooze is over."""
    if facts.open_quote:
        return Skipped(RenewalReason.OPEN_QUOTE)
    if _is_snoozed(facts.snoozed_until, facts.on):
        return Waits(RenewalReason.SNOOZED, str(facts.snoozed_until))
    return Leaves()


@dataclass(frozen=True)
class SendFacts:
    """Of the mail of a quote on the day `on`."""

    on: date
    snoozed_until: date | None
    #: There is a draft to send; where there is none, whether the plan still makes one.
    drafted: bool
    to_be_drafted: bool
    on_hold: bool
    hold_reason: str
    needs_approval: bool
    #: The contract's renewals are sent by its manager.
    manual: bool
    #: Somebody at the customer can be written to.
    readable: bool


def decide_send(facts: SendFacts) -> Decision:
    """After the review window the draft leaves, unless somebody or something holds it."""
    if not facts.drafted:
        return Waits(RenewalReason.WAITS_FOR_DRAFT) if facts.to_be_drafted else Skipped(RenewalReason.NO_DRAFT)
    if facts.on_hold:
        return Waits(PlanReason.ON_HOLD, facts.hold_reason)
    if _is_snoozed(facts.snoozed_until, facts.on):
        return Waits(RenewalReason.SNOOZED, str(facts.snoozed_until))
    if facts.needs_approval:
        return Waits(RenewalReason.WAITS_FOR_APPROVAL, todo="quote_to_approve")
    if facts.manual:
        return ByHand("quote_to_send", RenewalReason.BY_HAND)
    return Leaves() if facts.readable else ByHand("quote_by_hand", PlanReason.NO_READER)


@dataclass(frozen=True)
class ReminderFacts:
    """Of a reminder on the day `on`; `overtaken`: a nearer reminder of the term is due too."""

    on: date
    snoozed_until: date | None
    overtaken: bool
    #: A quote was sent and is not decided.
    sent: bool
    manual: bool
    readable: bool


def decide_reminder(facts: ReminderFacts) -> Decision:
    """While a sent quote is open its customer is reminded, else the manager is told; only the latest due step counts."""
    if facts.overtaken:
        return Skipped(RenewalReason.LATER_REMINDER)
    if _is_snoozed(facts.snoozed_until, facts.on):
        return Skipped(RenewalReason.SNOOZED, str(facts.snoozed_until))
    if not facts.sent:
        return ByHand("no_quote_sent", RenewalReason.NO_QUOTE_SENT)
    if facts.manual:
        return ByHand("remind_customer", RenewalReason.BY_HAND)
    return Leaves() if facts.readable else ByHand("letter_by_hand", PlanReason.NO_READER)


@dataclass(frozen=True)
class ExpiryFacts:
    """Of the end of a quote on the day `on`. `valid_until` is the last day of the sent quote, None without one."""

    on: date
    valid_until: date | None
    #: Its mail has not left yet: its days are not counted so far.
    waiting: bool = False


def decide_expiry(facts: ExpiryFacts) -> Decision:
    """The day after its last valid day a sent quote expires; a draft that never left is not a quote yet."""
    if facts.valid_until is None:
        return Skipped(RenewalReason.NO_OPEN_QUOTE)
    if facts.waiting:
        return Waits(RenewalReason.MAIL_WAITS)
    if facts.valid_until >= facts.on:
        return Waits(RenewalReason.VALID_LONGER, until=facts.valid_until + _DAY)
    return Leaves()


@dataclass(frozen=True)
class BudgetFacts:
    """Of the budget notice."""

    manual: bool
    readable: bool


def decide_budget(facts: BudgetFacts) -> Decision:
    """The manager has a to-do in any case; in mode `auto` the customer has a mail too."""
    if facts.manual:
        return ByHand("budget_notice", RenewalReason.BY_HAND)
    return Leaves() if facts.readable else ByHand("budget_notice", PlanReason.NO_READER)


class WhatFollows(Enum):
    """What becomes of a renewal's rows where its quotes changed otherwise than by the run."""

    NOTHING = "as planned"
    HAS_LEFT = "the customer has a quote: none leaves by itself"
    IS_DRAFTED = "a draft is there, and leaves after its review"
    DECIDED = "the customer answered"
    AGAIN = "the product took the last quote away: it is drafted again"
    ASKED = "a person called the last quote back: the plan waits for what they say"
    QUESTION = "the same, where the plan has nothing to come"


@dataclass(frozen=True)
class AgainFacts:
    """Of the renewal of a contract's last term on the day `on`."""

    on: date
    #: Of all its quotes, and of the latest; None without one.
    statuses: frozenset[QuoteStatus]
    latest: QuoteStatus | None
    #: A person called the latest quote back, and did not say yet what is to follow.
    by_a_person: bool
    #: The latest quote had left the house.
    was_sent: bool
    #: The latest quote was lost in this very moment.
    just_lost: bool
    #: The day by the rule on which the renewal is drafted; None where the plan has no such row.
    planned_on: date | None
    #: That row is still to come.
    coming: bool
    term_runs: bool


def decide_again(facts: AgainFacts) -> WhatFollows:
    """What was done stands while its quote is a draft, sent, accepted or declined (docs/rules.md 5.6)."""
    if QuoteStatus.SENT in facts.statuses:
        return WhatFollows.HAS_LEFT
    if QuoteStatus.DRAFT in facts.statuses:
        return WhatFollows.IS_DRAFTED
    if QuoteStatus.ACCEPTED in facts.statuses or facts.latest == QuoteStatus.DECLINED:
        return WhatFollows.DECIDED
    if facts.by_a_person:
        return _decide_called_back(facts)
    if facts.planned_on is None or not facts.term_runs:
        return WhatFollows.NOTHING
    if facts.latest == QuoteStatus.EXPIRED and facts.planned_on <= facts.on:
        return WhatFollows.NOTHING
    return WhatFollows.AGAIN if facts.just_lost or not facts.coming else WhatFollows.NOTHING


def _decide_called_back(facts: AgainFacts) -> WhatFollows:
    """A draft that was put away before its day is drafted on that day all the same; on what had left a person decides."""
    if facts.coming and not facts.just_lost:
        return WhatFollows.NOTHING
    if facts.planned_on is None or not facts.term_runs:
        return WhatFollows.QUESTION if facts.just_lost else WhatFollows.NOTHING
    early = facts.planned_on > facts.on and not facts.was_sent
    return WhatFollows.AGAIN if early else WhatFollows.ASKED


@dataclass(frozen=True)
class WordFacts:
    """Of the word to a customer whose quote no longer stands."""

    #: A newer quote has left.
    newer: bool
    #: A new one is drafted, or will be by itself.
    follows: bool
    readable: bool


def decide_word(facts: WordFacts) -> Decision:
    """Said only while it is true: nothing newer is there, and something follows."""
    if facts.newer:
        return Skipped(RenewalReason.QUOTE_LEFT)
    if not facts.follows:
        return Skipped(RenewalReason.NOTHING_FOLLOWS)
    return Leaves() if facts.readable else ByHand("letter_by_hand", PlanReason.NO_READER)


def _is_snoozed(until: date | None, on: date) -> bool:
    return until is not None and until > on
