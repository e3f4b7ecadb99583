"""What becomes of the steps of a renewal, by facts alone. Pure; docs/rules.md 5.

The run and "what leaves next" both ask here: a condition is written once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from renewals.enums import RenewalReason
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


def _is_snoozed(until: date | None, on: date) -> bool:
    return until is not None and until > on
