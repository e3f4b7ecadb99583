"""What becomes of the rows that coverage brings, by facts alone. Pure; docs/rules.md 5."""

from dataclasses import dataclass
from datetime import date

from warranty.enums import PlanReason
from warranty.planning.decisions import ByHand, Decision, Leaves, Skipped, Waits


@dataclass(frozen=True)
class TerminationFacts:
    """Of a termination as of a coming day."""

    #: The day on which the contract is to end now; None where it is not.
    ending_on: date | None
    #: The day the row was written for.
    planned_on: date


def decide_termination(facts: TerminationFacts) -> Decision:
    """It ends on the day that was said last."""
    return Leaves() if facts.ending_on == facts.planned_on else Skipped(PlanReason.GOES_ON)


@dataclass(frozen=True)
class EndFacts:
    """Of the day after a term's last."""

    #: Another term begins on that day.
    followed: bool
    #: Somebody at the customer can be written to.
    readable: bool


def decide_end(facts: EndFacts) -> Decision:
    """The next term starts, or coverage lapses and the customer is told."""
    if facts.followed or facts.readable:
        return Leaves()
    return ByHand("letter_by_hand", PlanReason.NO_READER)


@dataclass(frozen=True)
class MissedFacts:
    """Of the day after an inspection's window. `awaited`: no report is in."""

    awaited: bool


def decide_missed(facts: MissedFacts) -> Decision:
    """The alarm rings only where a report is missing."""
    return Leaves() if facts.awaited else Skipped(PlanReason.REPORTED)


@dataclass(frozen=True)
class NoticeFacts:
    """Of a notice of a visit on the day `on`; `overtaken`: a nearer notice of the same visit is due too."""

    on: date
    awaited: bool
    overtaken: bool
    visit_on: date | None
    window_last: date | None
    readable: bool
    #: The day as of which the contract is terminated; None where it goes on.
    ending_on: date | None = None


def decide_notice(facts: NoticeFacts) -> Decision:
    """A visit is told of while it can still be held; of a ladder missed by downtime only the latest step is sent."""
    if not facts.awaited or facts.window_last is None:
        return Skipped(PlanReason.REPORTED)
    if facts.overtaken:
        return Skipped(PlanReason.LATER_NOTICE)
    if facts.window_last < facts.on:
        return Skipped(PlanReason.WINDOW_OVER)
    if facts.ending_on and facts.visit_on and facts.visit_on > facts.ending_on:
        return Waits(PlanReason.ENDING, str(facts.ending_on))
    return Leaves() if facts.readable else ByHand("inspection_due", PlanReason.NO_READER)
