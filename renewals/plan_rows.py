"""The rows of a term's plan that renewals own: its renewal, step by step, and the budget season. Pure.

See docs/rules.md 5.1.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from renewals.enums import RenewalAction
from renewals.rules import valid_until
from warranty.enums import ActionState, PlanReason
from warranty.planning.rows import Row, TermFacts, placed
from warranty.rules import DAY

QUOTE_BEFORE = timedelta(days=90)
REMINDERS = (60, 30, 7)


def renewal_rows(facts: TermFacts) -> Iterator[Row]:
    """Draft, mail after the review window, reminders on the last working day on or before, expiry."""
    if facts.followed or facts.no_renewal:
        return
    days, ends = facts.calendar, facts.period.last_day
    quote = placed(RenewalAction.RENEWAL_QUOTE, "", ends - QUOTE_BEFORE, facts, before_term=True)
    yield quote
    drafted_on = facts.done_on.get((quote.kind, quote.step))
    computed = days.add_working_days(quote.computed_on, facts.review_days).day
    sent = days.add_working_days(drafted_on or quote.due_on, facts.review_days).day
    send = placed(RenewalAction.RENEWAL_SEND, "", sent, facts, by_calendar=True)
    yield replace(send, computed_on=computed, state=quote.state, reason=quote.reason)
    for before in REMINDERS:
        day = days.previous_workday(ends - timedelta(days=before))
        yield placed(RenewalAction.RENEWAL_REMINDER, str(before), day, facts, by_calendar=True)
    expiry = placed(RenewalAction.QUOTE_EXPIRY, "", valid_until(ends, sent) + DAY, facts)
    expiry = replace(expiry, computed_on=valid_until(ends, computed) + DAY)
    yield replace(expiry, state=ActionState.SKIPPED, reason=PlanReason.TERM_OVER) if facts.over else expiry


def budget_rows(facts: TermFacts) -> Iterator[Row]:
    """1 July, for budget-funded customers whose coverage ends in the next calendar year."""
    if facts.budget_funded and not facts.followed and not facts.no_renewal:
        yield placed(RenewalAction.BUDGET_NOTICE, "", date(facts.period.last_day.year - 1, 7, 1), facts)
