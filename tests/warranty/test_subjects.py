"""What a row of the plan is about: its term, or its contract; the database holds it to that, once a kind and step."""

import pytest
from django.db import IntegrityError, transaction

from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, day, row
from warranty.models import PlannedAction
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db


def planned(contract, **values):
    return PlannedAction.objects.create(contract=contract, due_on=ON, computed_on=ON, **{"kind": "visit", **values})


def test_a_row_says_what_it_is_about():
    contract = accepted(day("2026-01-15"))
    term = contract.terms.get()
    assert set(contract.plan.values_list("subject", flat=True)) == {f"term:{term.pk}"}
    assert planned(contract, term=term).subject == f"term:{term.pk}"
    assert planned(contract).subject == f"contract:{contract.pk}"
    assert planned(contract, subject="instalment:7").subject == "instalment:7"


@pytest.mark.parametrize("of_term", [True, False])
def test_a_kind_and_step_stands_once_a_subject(of_term):
    contract = accepted(day("2026-01-15"))
    values = {"term": contract.terms.get()} if of_term else {}
    planned(contract, **values)
    planned(contract, step="2", **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        planned(contract, **values)


def test_the_subject_of_a_terms_row_is_that_term():
    end = row(accepted(day("2026-01-15")), "coverage_end")
    for subject in ("term:0", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedAction.objects.filter(pk=end.pk).update(subject=subject)


def test_a_terms_rows_go_with_it_and_the_contracts_stay():
    contract = accepted(day("2026-01-15"))
    own = planned(contract)
    contract.terms.get().delete()
    assert list(contract.plan.all()) == [own]


def test_planning_leaves_a_contracts_own_rows_alone_until_it_is_terminated():
    contract = accepted(day("2026-01-15"))
    own, settled = planned(contract), planned(contract, step="2", state="skipped")
    plan_contracts([contract.pk], on=ON)
    own.refresh_from_db()
    assert own.state == "planned"
    terminate_contract(contract=contract, on=ON, reason="over", by=None, at=AT)
    for each in (own, settled):
        each.refresh_from_db()
    assert (own.state, settled.state) == ("cancelled", "skipped")
