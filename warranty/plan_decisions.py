"""What becomes of the rows that coverage brings, by facts alone. Pure; docs/rules.md 5."""

from dataclasses import dataclass
from datetime import date

from warranty.enums import PlanReason
from warranty.planning.decisions import ByHand, Decision, Leaves, Skipped


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
    window_last: date | None
    readable: bool


def decide_notice(facts: NoticeFacts) -> Decision:
    """A visit is told of while it can still be held; of a ladder missed by downtime only the latest step is sent."""
    if not facts.awaited or facts.window_last is None:
        return Skipped(PlanReason.REPORTED)
    if facts.overtaken:
        return Skipped(PlanReason.LATER_NOTICE)
    if facts.window_last < facts.on:
        return Skipped(PlanReason.WINDOW_OVER)
    return Leaves() if facts.readable else ByHand("inspection_due", PlanReason.NO_READER)
