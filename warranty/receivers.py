"""What warranty does when something happens on the floors below."""

from datetime import date, datetime

from base.accounts.models import User
from base.company.signals import calendar_changed
from contracts.models import Contract, Customer
from contracts.signals import (
    contract_amended,
    contract_reactivated,
    contract_terminated,
    customer_changed,
    renewal_wish_changed,
)
from warranty.inspections import settle_reported
from warranty.models import PlannedAction
from warranty.operations import cut_coverage, restore_coverage
from warranty.planning.writing import plan_contracts, replan_calendar


def connect() -> None:
    contract_amended.connect(_amended, dispatch_uid="warranty.amended")
    customer_changed.connect(_customer_changed, dispatch_uid="warranty.customer")
    renewal_wish_changed.connect(_replan, dispatch_uid="warranty.wish")
    contract_terminated.connect(_terminated, dispatch_uid="warranty.terminated")
    contract_reactivated.connect(_reactivated, dispatch_uid="warranty.reactivated")
    calendar_changed.connect(_calendar_changed, dispatch_uid="warranty.calendar")


def _amended(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object) -> None:
    """Another number of inspections a year has other windows; visits that were held go to theirs."""
    settle_reported(contract, by=by, at=at)
    plan_contracts([contract.pk], on=on)


def _replan(sender: object, *, contract: Contract, on: date, **_: object) -> None:
    plan_contracts([contract.pk], on=on)


def _customer_changed(sender: object, *, customer: Customer, on: date, **_: object) -> None:
    """Budget-funded customers have a row more."""
    plan_contracts(customer.contracts.filter(terms__isnull=False).values_list("pk", flat=True).distinct(), on=on)


def _terminated(sender: object, *, contract: Contract, on: date, by: User | None, at: datetime, **_: object) -> None:
    cut_coverage(contract=contract, on=on, by=by, at=at)


def _reactivated(sender: object, *, contract: Contract, on: date, by: User | None, at: datetime, **_: object) -> None:
    restore_coverage(contract=contract, on=on, by=by, at=at)


def _calendar_changed(sender: object, *, on: date, **_: object) -> list[tuple[PlannedAction, date]]:
    return replan_calendar(on=on)
