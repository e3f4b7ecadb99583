"""What decisions about coverage's rows follow from, each row on its own day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.company.queries import company
from tests.chain import ON, accepted, day, row
from warranty.enums import PlanReason
from warranty.models import PlannedAction
from warranty.planning.decisions import Leaves, Skipped, Waits
from warranty.planning.kinds import Outlook, cases_of, kind_of
from warranty.queries import overtaken

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def notices():
    """The notices of one visit: fourteen days ahead on the day, seven days ahead a week later."""
    contract = accepted(day("2026-01-15"))
    rows = [row(contract, "inspection_notice", step) for step in ("2/14", "2/7")]
    for each, due_on in zip(rows, (ON, ON + WEEK), strict=True):
        PlannedAction.objects.filter(pk=each.pk).update(due_on=due_on, state="planned")
    return list(PlannedAction.objects.filter(pk__in=[each.pk for each in rows]).order_by("due_on"))


def judged(rows, days, **more):
    kind = kind_of(rows[0].kind)
    return [case.decision for case in cases_of(kind, rows, Outlook(days, company()), **more)]


def test_a_step_is_overtaken_on_the_day_the_next_one_is_due(notices):
    first, second = notices
    assert overtaken(notices, {first.pk: ON, second.pk: ON + WEEK}) == set()
    assert overtaken(notices, {first.pk: ON + WEEK - timedelta(days=1), second.pk: ON + WEEK}) == set()
    assert overtaken(notices, {first.pk: ON + WEEK, second.pk: ON + WEEK}) == {first.pk}
    assert overtaken([], {}) == set()


def test_each_row_is_judged_on_its_own_day(notices):
    first, second = notices
    assert judged(notices, {first.pk: ON, second.pk: ON + WEEK}) == [Leaves(), Leaves()]
    late = [Skipped(PlanReason.LATER_NOTICE), Leaves()]
    assert judged(notices, dict.fromkeys((first.pk, second.pk), ON + WEEK)) == late


def test_a_hold_counts_unless_it_is_looked_through_and_a_term_that_is_over_counts_always(notices):
    held = notices[1:]
    held[0].on_hold, held[0].problem = True, "talks"
    ends = held[0].own_term.last_day
    assert judged(held, {held[0].pk: ON}) == [Waits(PlanReason.ON_HOLD, "talks")]
    assert judged(held, {held[0].pk: ON}, though_held=True) == [Leaves()]
    assert judged(held, {held[0].pk: ends}, though_held=True) == [Leaves()]
    over = [Skipped(PlanReason.TERM_OVER)]
    assert judged(held, {held[0].pk: ends + timedelta(days=1)}) == over
    assert judged(held, {held[0].pk: ends + timedelta(days=1)}, though_held=True) == over


def test_many_rows_ask_as_few_questions_as_one(notices):
    def questions(rows):
        rows = list(PlannedAction.objects.filter(pk__in=[each.pk for each in rows]).select_related(
            "contract__customer", "contract__contact", "term"))  # fmt: skip
        settings = company()
        with CaptureQueriesContext(connection) as asked:
            cases_of(kind_of("inspection_notice"), rows, Outlook(dict.fromkeys([r.pk for r in rows], ON), settings))
        return len(asked)

    assert questions(notices[:1]) == questions(notices) == 2
