"""What is refused of promises, consents, damages and reports, each with the field it is about."""

from datetime import timedelta
from decimal import Decimal

import pytest

from base.lib.errors import Refused
from contracts.operations import terminate_contract
from service.models import Delivery, PenaltyRule
from service.promises import commitments, consents, penalties, reports, sessions
from tests.chain import AT, ON, accepted, cny, day, paid_term, signed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refusal(operation, **values):
    with pytest.raises(Refused) as no:
        operation(**values)
    return no.value.field or no.value.code


# Reports


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-06-02", "2026-06-01", "last_day"),
        ("2026-11-23", "2026-11-24", "first_day"),
        ("2026-06-01", "2026-11-23", "last_day"),
        ("2010-01-01", "2010-02-01", "last_day"),
        ("2010-01-01", "2026-11-22", "first_day"),
    ],
)
def test_a_report_tells_of_a_period_that_was(manager, first, last, field):
    contract = accepted(manager=manager)
    make = {"contract": contract, "by": manager, "at": AT, "on": ON}
    assert refusal(reports.make_report, first_day=day(first), last_day=day(last), **make) == field


# Consents


def test_access_is_asked_for_a_contract_in_force_and_a_person_who_can_go(engineer, director):
    contract = accepted()
    ask = {
        "contract": contract, "system": "Search", "purpose": "Index", "starts_at": AT + HOUR, "ends_at": AT + 2 * HOUR,
        "by": engineer, "at": AT,
    }  # fmt: skip
    assert refusal(consents.ask_access, engineer=director, **ask) == "engineer"
    gone = UserFactory(role="engineer", is_active=False)
    assert refusal(consents.ask_access, engineer=gone, **ask) == "engineer"
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    assert refusal(consents.ask_access, engineer=engineer, **ask) == "wrong_state"


@pytest.fixture
def access(engineer):
    return consents.ask_access(
        contract=accepted(), system="Search", purpose="Index", engineer=engineer, starts_at=AT + HOUR,
        ends_at=AT + 3 * HOUR, by=engineer, at=AT,
    )  # fmt: skip


def test_an_answer_has_a_name_and_a_withdrawal_a_reason(access, engineer):
    answer = {"consent": access, "by": None, "at": AT}
    assert refusal(consents.agree_to_consent, name=" ", **answer) == "name"
    withdraw = {"consent": access, "by": engineer, "at": AT}
    assert refusal(consents.withdraw_consent, reason=" ", **withdraw) == "reason"
    access.refresh_from_db()
    assert access.answered_at is None


def test_a_session_is_ended_by_who_began_it_with_words(access, engineer):
    end = {"access": access, "at": AT + 2 * HOUR}
    assert refusal(sessions.end_session, done="Built", by=engineer, **end) == "session"
    consents.agree_to_consent(consent=access, name="王女士", by=None, at=AT)
    sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    assert refusal(sessions.end_session, done="Built", by=UserFactory(role="engineer"), **end) == "person"
    assert refusal(sessions.end_session, done=" ", by=engineer, **end) == "done"
    withdraw = {"consent": access, "reason": "No longer", "by": engineer, "at": AT + HOUR}
    assert refusal(consents.withdraw_consent, **withdraw) == "session"
    assert sessions.end_session(access=access, done="Built", by=engineer, at=AT + 2 * HOUR).ended_at == AT + 2 * HOUR
    consents.withdraw_consent(**withdraw)


def test_a_change_of_manager_that_is_in_effect_is_not_withdrawn(manager):
    contract = accepted(project_manager="张磊", manager=manager)
    change = consents.ask_manager_change(
        contract=contract, incoming="何敏", reason="He moves away", effective_on=ON, by=manager, at=AT
    )
    consents.agree_to_consent(consent=change, name="王女士", by=None, at=AT)
    change.refresh_from_db()
    assert change.in_effect_since
    withdraw = {"consent": change, "reason": "Back again", "by": manager, "at": AT}
    assert refusal(consents.withdraw_consent, **withdraw) == "wrong_state"


# Damages of a broken promise


@pytest.fixture
def promised(manager):
    """A contract with the template's promises, that went live eight days ago; no developer was there."""
    contract = signed(manager=manager, project_manager="张磊", go_live_on=ON - 8 * DAY)
    commitments.write_commitments(contract=contract, by=manager, at=AT)
    return contract


def test_damages_need_a_clause_a_broken_promise_and_more_than_the_grace(promised, manager):
    propose = {"commitment": promised.commitments.get(kind="developer"), "by": manager, "at": AT, "on": ON}
    rule = PenaltyRule.objects.get(contract=None)
    PenaltyRule.objects.update(contract=accepted())
    assert refusal(penalties.propose_for, **propose) == "no_rule"
    PenaltyRule.objects.update(contract=None, grace=30)
    assert refusal(penalties.propose_for, **propose) == "grace"
    PenaltyRule.objects.update(grace=rule.grace)
    assert penalties.propose_for(**propose).units == 8
    assert refusal(penalties.propose_for, **propose) == "twice"


def test_a_years_fee_is_that_of_the_paid_term_or_the_most_it_may_cost():
    rule = PenaltyRule(base="year")
    contract = accepted(amount="100000.00")
    assert penalties.base_of(rule, contract, ON) == cny("20000.00")
    term = paid_term(contract, "7500.00")
    months = term.months
    assert penalties.base_of(rule, contract, term.first_day) == cny(str(Decimal("7500.00") * 12 / months))


# Commitments and what was given


def test_a_promise_is_confirmed_by_hand_with_a_day_and_a_source(promised, manager):
    other = promised.commitments.filter(kind="other").first()
    confirm = {"commitment": other, "by": manager, "at": AT, "on": ON}
    assert refusal(commitments.confirm_commitment, kept_on=ON + DAY, note="seen", **confirm) == "kept_on"
    assert refusal(commitments.confirm_commitment, kept_on=ON, note=" ", **confirm) == "note"
    commitments.confirm_commitment(kept_on=ON, note="The customer wrote so", **confirm)
    other.refresh_from_db()
    assert other.confirmed_on == ON


def test_what_was_given_ends_after_it_begins_and_is_over(manager, engineer):
    give = {"delivery": Delivery(), "by": engineer, "at": AT, "on": ON}
    values = {"contract": signed(manager=manager), "kind": "training", "title": "x", "first_day": ON}
    backwards = values | {"last_day": ON - DAY}
    assert refusal(commitments.save_delivery, values=backwards, **give) == "last_day"
    coming = values | {"last_day": ON + DAY}
    assert refusal(commitments.save_delivery, values=coming, **give) == "last_day"
