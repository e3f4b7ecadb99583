"""Whatever is done to a contract, in whatever order: no renewal is lost, and nothing breaks a rule (docs/rules.md 5.6, 5.7).

`MOVES` in the environment says how many histories are played, other ones each time; without it the same six are.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from base.accounts.models import Role
from base.chatter.operations import move
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from base.mail.states import MAILS
from contracts.customers import merge_customers, split_customer
from contracts.models import Contract
from contracts.operations import (
    amend_contract,
    call_off_termination,
    hand_over_contracts,
    reactivate_contract,
    save_contract,
    set_renewal_wish,
    terminate_contract,
)
from ops.integrity import findings
from renewals.decisions import accept_quote, call_back_quote, decline_quote, withdraw_acceptance
from renewals.models import RenewalQuote
from renewals.quotes import draft_quote, revise_quote
from renewals.sending import send_quote
from tests.chain import accepted, at, cny, day
from tests.factories import CustomerFactory, UserFactory
from warranty.enums import TermKind
from warranty.models import PlannedAction
from warranty.operations import add_term, correct_acceptance, set_last_day
from warranty.planning.holding import hold_action, release_action
from warranty.planning.run import run_day

CHECKS = [
    "terms", "plan", "skipped rows", "renewals", "quotes", "quote states", "contract states", "credits",
    "invoice states", "states and events",
]  # fmt: skip
DAYS = st.integers(-45, 200)


class Life(RuleBasedStateMachine):
    """A contract that ends 2027-01-15, from a month before its renewal is drafted."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.on = day("2026-09-20")
        self.by = UserFactory(role=Role.DIRECTOR)
        self.pk = accepted().pk

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(pk=self.pk)

    def quote(self, *statuses: str) -> RenewalQuote | None:
        return RenewalQuote.objects.filter(contract=self.pk, status__in=statuses).order_by("-pk").first()

    def attempt(self, operation: Callable[..., object], **values: object) -> None:
        """What is refused changes nothing."""
        self.minutes = getattr(self, "minutes", 0) + 1
        moment = at(self.on) + timedelta(minutes=self.minutes % 600)
        try:
            with transaction.atomic():
                operation(**values, by=self.by, at=moment)
        except Refused:
            pass

    @rule(days=st.integers(1, 40))
    def days_go_by(self, days: int) -> None:
        self.on += timedelta(days=days)
        run_day(on=self.on, by=None, at=at(self.on))

    @rule()
    def mails_leave(self) -> None:
        for mail in OutgoingMail.objects.filter(status="queued"):
            move(mail, MAILS, "begin", by=None, at=at(self.on))
            move(mail, MAILS, "delivered", by=None, at=at(self.on), values={"sent_at": at(self.on)})

    @rule(days=DAYS)
    def correct(self, days: int) -> None:
        contract = self.contract
        to = min((contract.final_acceptance_on or self.on) + timedelta(days=days), self.on)
        self.attempt(correct_acceptance, contract=contract, accepted_on=to, reason="x", on=self.on)

    @rule(days=DAYS)
    def end_by_hand(self, days: int) -> None:
        term = self.contract.terms.order_by("-first_day")[0]
        last = max(term.last_day + timedelta(days=days), term.first_day)
        self.attempt(set_last_day, term=term, last_day=last, reason="x", on=self.on)

    @rule(amount=st.sampled_from(["300000.00", "900000.00", "2000000.00"]))
    def amend(self, amount: str) -> None:
        values = {"signed_on": self.on, "effective_on": self.on, "amount": cny(amount)}
        self.attempt(amend_contract, contract=self.contract, values=values, on=self.on)

    @rule(count=st.integers(0, 4))
    def edit(self, count: int) -> None:
        self.attempt(save_contract, contract=self.contract, values={"inspections_per_year": count})

    @rule(months=st.integers(1, 6))
    def goodwill(self, months: int) -> None:
        self.attempt(
            add_term, contract=self.contract, kind=TermKind.GOODWILL, months=months, origin="person", on=self.on
        )

    @rule()
    def draft(self) -> None:
        self.attempt(draft_quote, contract=self.contract, on=self.on)

    @rule(by_mail=st.booleans())
    def send(self, by_mail: bool) -> None:
        if quote := self.quote("draft"):
            self.attempt(send_quote, quote=quote, on=self.on, by_mail=by_mail)

    @rule()
    def call_back(self) -> None:
        if quote := self.quote("draft", "sent"):
            self.attempt(call_back_quote, quote=quote, reason="x")

    @rule()
    def revise(self) -> None:
        if quote := self.quote("sent", "expired", "declined"):
            self.attempt(revise_quote, quote=quote, on=self.on)

    @rule()
    def accept(self) -> None:
        if quote := self.quote("sent"):
            self.attempt(accept_quote, quote=quote, on=self.on)

    @rule()
    def decline(self) -> None:
        if quote := self.quote("sent"):
            self.attempt(decline_quote, quote=quote, reason="x")

    @rule()
    def withdraw(self) -> None:
        if quote := self.quote("accepted"):
            self.attempt(withdraw_acceptance, quote=quote, reason="x", on=self.on)

    @rule(ahead=st.integers(-5, 120))
    def terminate(self, ahead: int) -> None:
        day = max(self.on + timedelta(days=ahead), self.contract.final_acceptance_on or date.min)
        self.attempt(terminate_contract, contract=self.contract, on=day, reason="x")

    @rule()
    def call_off(self) -> None:
        self.attempt(call_off_termination, contract=self.contract, reason="x", on=self.on)

    @rule()
    def reactivate(self) -> None:
        self.attempt(reactivate_contract, contract=self.contract, reason="x", on=self.on)

    @rule(wish=st.sampled_from(["offer", "never", "later"]), days=st.integers(0, 60))
    def wish(self, wish: str, days: int) -> None:
        values = {
            "never": {"no_renewal_reason": "x"},
            "later": {"snoozed_until": self.on + timedelta(days=days), "snooze_reason": "x"},
        }
        self.attempt(set_renewal_wish, contract=self.contract, on=self.on, **values.get(wish, {}))

    @rule()
    def hand_over(self) -> None:
        self.attempt(hand_over_contracts, contracts=[self.contract], to=UserFactory(role=Role.MANAGER))

    @rule()
    def merge(self) -> None:
        self.attempt(merge_customers, keep=CustomerFactory(budget_funded=True), drop=self.contract.customer)

    @rule()
    def split(self) -> None:
        self.attempt(split_customer, contracts=[self.contract], to=CustomerFactory())

    @rule(hold=st.booleans())
    def hold(self, hold: bool) -> None:
        rows = PlannedAction.objects.filter(contract=self.pk, kind="renewal_quote", on_hold=not hold)
        if action := rows.filter(state__in=["planned", "failed"]).first():
            self.attempt(
                *([hold_action] if hold else [release_action]), action=action, **({"reason": "x"} if hold else {})
            )

    @invariant()
    def no_rule_is_broken(self) -> None:
        assert [f"{each.check}: {each.record}: {each.problem}" for each in findings(on=self.on, only=CHECKS)] == []


@pytest.mark.django_db
def test_no_order_of_moves_loses_a_renewal():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=int(os.environ.get("MOVES", "6")),
            stateful_step_count=14,
            derandomize="MOVES" not in os.environ,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )
