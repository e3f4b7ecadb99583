"""Writing the plan: in place, late rows keep their day, the calendar moves what hangs on it (docs/rules.md 3, 5)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from base.company.models import CalendarYear
from base.company.operations import import_year, set_company_day
from contracts.models import Contract
from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, at, day, paid_term, row
from warranty.models import Inspection, PlannedAction
from warranty.planning.run import run_day
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db

#: As the State Council would word it; the days of 2027 are made up here.
NOTICE_2027 = """date,kind,name
2027-01-01,holiday,元旦
2027-01-04,holiday,元旦
2027-01-09,workday,元旦
2027-02-05,holiday,春节
2027-02-08,holiday,春节
"""


def plan(contract: Contract) -> dict[tuple[str, str], tuple[str, str, str]]:
    rows = contract.plan.order_by("pk")
    return {(r.kind, r.step): (str(r.computed_on), str(r.due_on), r.state) for r in rows}


def test_planning_again_changes_nothing():
    contract = accepted(day("2026-01-15"), planned_on=ON)
    before, keys = plan(contract), set(contract.plan.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        plan_contracts([contract.pk], on=ON)
    assert plan(contract) == before
    assert set(contract.plan.values_list("pk", flat=True)) == keys
    assert not [query for query in asked if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_a_late_row_keeps_the_day_it_was_first_planned_for():
    contract = accepted(day("2026-01-15"), planned_on=ON)
    assert row(contract, "renewal_quote").due_on == ON
    before = plan(contract)
    plan_contracts([contract.pk], on=day("2026-12-20"))
    assert plan(contract) == before


def test_what_is_done_is_never_planned_anew():
    contract = accepted(day("2026-01-15"))
    run_day(on=ON, by=None, at=AT)
    done = set(contract.plan.filter(state="done").values_list("pk", "due_on", "done_on"))
    Contract.objects.filter(pk=contract.pk).update(inspections_per_year=4)
    plan_contracts([contract.pk], on=ON)
    assert set(contract.plan.filter(state="done").values_list("pk", "due_on", "done_on")) >= done


def test_a_followed_term_has_no_renewal_and_gets_it_back_when_it_is_not():
    contract = accepted(day("2026-01-15"))
    before = {key: value for key, value in plan(contract).items() if key[0].startswith(("renewal", "quote"))}
    later = paid_term(contract, "1.00", on=day("2026-02-01"))
    rows = contract.terms.order_by("first_day")[0].plan
    assert set(rows.filter(kind__in=[kind for kind, _step in before]).values_list("state", flat=True)) == {"cancelled"}
    later.delete()
    plan_contracts([contract.pk], on=day("2026-02-01"))
    assert {key: plan(contract)[key] for key in before} == before


@pytest.mark.parametrize("state", ["planned", "failed"])
def test_an_open_row_that_is_no_longer_wanted_is_cancelled(state):
    """One that failed too: it would be tried again although nothing asks for it any more."""
    contract = accepted(day("2026-01-15"))
    PlannedAction.objects.filter(pk=row(contract, "renewal_quote").pk).update(state=state, attempts=2)
    Contract.objects.filter(pk=contract.pk).update(no_renewal_reason="moves away")
    plan_contracts([contract.pk], on=ON)
    assert row(contract, "renewal_quote").state == "cancelled"


@pytest.mark.parametrize("state", ["done", "skipped"])
def test_a_settled_row_that_is_no_longer_wanted_stays_as_it_is(state):
    contract = accepted(day("2026-01-15"))
    PlannedAction.objects.filter(pk=row(contract, "renewal_quote").pk).update(state=state)
    Contract.objects.filter(pk=contract.pk).update(no_renewal_reason="moves away")
    plan_contracts([contract.pk], on=ON)
    assert row(contract, "renewal_quote").state == state


def test_many_contracts_are_planned_with_a_fixed_number_of_questions():
    def queries(count: int) -> int:
        contracts = [accepted(day("2026-01-15")).pk for _n in range(count)]
        Contract.objects.filter(pk__in=contracts).update(inspections_per_year=4)
        with CaptureQueriesContext(connection) as asked:
            plan_contracts(contracts, on=ON)
        return len(asked)

    assert queries(3) == queries(8)


def test_rows_are_unique(django_assert_num_queries):
    contract = accepted()
    twin = row(contract, "renewal_quote")
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


# The calendar


def test_dates_of_a_year_without_official_days_are_provisional():
    contract = accepted(day("2026-03-15"))
    marked = {(r.kind, r.step) for r in contract.plan.filter(provisional=True)}
    assert ("inspection", "2") in marked
    assert ("renewal_reminder", "7") in marked
    # Plain days do not hang on the calendar.
    assert not marked & {("coverage_end", ""), ("quote_expiry", ""), ("inspection_missed", "2")}
    assert not contract.plan.filter(provisional=True, due_on__lt=day("2027-01-01")).exists()


def test_importing_a_year_moves_planned_rows_and_lists_them():
    """Reminded on the last working day on or before: the 4th of January is off now, the 1st too."""
    contract = accepted(day("2026-03-06"))
    # Ends 2027-03-06: 30 days before is 2027-02-04, 60 days before is Tuesday 2027-01-05.
    first = accepted(day("2026-01-11"))
    assert row(first, "renewal_reminder", "7").due_on == day("2027-01-04")
    change = import_year(year=2027, text=NOTICE_2027, by=None, at=AT)
    assert row(first, "renewal_reminder", "7").due_on == day("2026-12-31")
    assert not row(contract, "renewal_reminder", "30").provisional
    moved = {(each.contract_id, each.kind, each.step): before for each, before in change.moved}
    assert moved[first.pk, "renewal_reminder", "7"] == day("2027-01-04")
    assert not PlannedAction.objects.filter(provisional=True, due_on__lt=day("2028-01-01")).exists()


def test_a_row_is_never_moved_to_before_today():
    contract = accepted(day("2026-01-11"))
    late = at(day("2027-01-02"))
    import_year(year=2027, text=NOTICE_2027, by=None, at=late)
    assert row(contract, "renewal_reminder", "7").due_on == day("2027-01-02")


def test_done_rows_are_not_moved():
    contract = accepted(day("2026-01-11"))
    PlannedAction.objects.filter(pk=row(contract, "renewal_reminder", "7").pk).update(state="done")
    import_year(year=2027, text=NOTICE_2027, by=None, at=AT)
    assert row(contract, "renewal_reminder", "7").due_on == day("2027-01-04")


def test_a_visit_moves_with_the_calendar_but_stays_in_its_window():
    contract = accepted(day("2026-03-15"))
    visit = Inspection.objects.get(action__contract=contract, action__step="2").action
    assert visit.due_on == day("2027-02-15")
    set_company_day(on=day("2027-02-15"), kind="holiday", name="moving house", by=None, at=AT)
    visit.refresh_from_db()
    assert visit.due_on == day("2027-02-16")
    assert row(contract, "inspection_notice", "2/14").due_on == day("2027-02-02")
    set_company_day(on=day("2027-02-15"), kind=None, by=None, at=AT)
    visit.refresh_from_db()
    assert visit.due_on == day("2027-02-15")


def test_a_mail_under_review_still_counts_from_the_day_its_draft_was_made():
    """Drafted on Tuesday 2026-12-29 for the end of 2027-03-29; the third working day is Friday, 1 January."""
    contract = accepted(day("2026-03-29"))
    run_day(on=day("2026-12-29"), by=None, at=at(day("2026-12-29")))
    assert RenewalQuote.objects.get().status == "draft"
    assert row(contract, "renewal_send").due_on == day("2027-01-01")
    import_year(year=2027, text=NOTICE_2027, by=None, at=at(day("2026-12-30")))
    # The 1st and the 4th are off: 30, 31 December, 5 January.
    assert row(contract, "renewal_send").due_on == day("2027-01-05")


def test_a_year_taken_official_without_days_only_loses_the_mark():
    contract = accepted(day("2026-03-15"))
    before = {(r.kind, r.step): r.due_on for r in contract.plan.all()}
    import_year(year=2027, text="date,kind,name\n2027-06-06,holiday,端午\n", by=None, at=AT)
    assert CalendarYear.objects.filter(year=2027).exists()
    assert {(r.kind, r.step): r.due_on for r in contract.plan.all()} == before
    assert not contract.plan.filter(provisional=True).exists()
