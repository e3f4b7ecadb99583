"""What warranty does when something happens on the floors below."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from base.accounts.models import User
from base.company.signals import calendar_changed
from base.jobs.operations import ask_job
from base.lib.errors import Refused
from contracts.models import Contract, Customer
from contracts.signals import (
    contract_amended,
    contract_changing,
    contract_reactivated,
    contract_terminated,
    contracts_merged,
    customer_changed,
    renewal_wish_changed,
    termination_called_off,
    termination_planned,
)
from warranty.inspections import settle_reported
from warranty.models import PlannedAction
from warranty.operations import cut_coverage, restore_coverage
from warranty.planning.writing import plan_contracts, replan_calendar
from warranty.queries import planned_of
from warranty.termination import drop_termination, plan_termination

#: Contracts that are planned anew while the person waits; more by a job (`warranty/jobs.py`).
AT_ONCE = 300
PLAN_CUSTOMER = "plan_customer"


def connect() -> None:
    contract_amended.connect(_amended, dispatch_uid="warranty.amended")
    contract_changing.connect(_contract_changing, dispatch_uid="warranty.changing")
    contracts_merged.connect(_merged, dispatch_uid="warranty.merged")
    customer_changed.connect(_customer_changed, dispatch_uid="warranty.customer")
    renewal_wish_changed.connect(_replan, dispatch_uid="warranty.wish")
    contract_terminated.connect(_terminated, dispatch_uid="warranty.terminated")
    contract_reactivated.connect(_reactivated, dispatch_uid="warranty.reactivated")
    termination_planned.connect(_termination_planned, dispatch_uid="warranty.termination_planned")
    termination_called_off.connect(_termination_called_off, dispatch_uid="warranty.termination_called_off")
    calendar_changed.connect(_calendar_changed, dispatch_uid="warranty.calendar")


def _amended(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **more: object) -> None:
    """Another number of inspections a year has other windows; visits that were held go to theirs."""
    settle_reported(contract, by=by, at=at)
    plan_contracts([contract.pk], on=on)


def _contract_changing(sender: object, *, contract: Contract, changed: set[str], **more: object) -> None:
    """Coverage that runs rests on what was signed: its terms are changed themselves."""
    affected = [name for name in ("amount", "free_months", "same_day") if name in changed]
    if not affected or not contract.terms.exists():
        return
    if affected[0] == "amount":
        raise Refused(_("Coverage rests on this amount: record an amendment instead."), field="amount")
    raise Refused(_("Coverage runs already: set the last day of its term by hand instead."), field=affected[0])


def _replan(sender: object, *, contract: Contract, on: date, **more: object) -> None:
    plan_contracts([contract.pk], on=on)


def _customer_changed(
    sender: object, *, customer: Customer, by: User | None, at: datetime, on: date, **more: object
) -> None:
    """Budget-funded customers have a row more."""
    rows = planned_of(customer)
    if rows[: AT_ONCE + 1].count() > AT_ONCE:
        ask_job(kind=PLAN_CUSTOMER, subject=str(customer), parameters={"customer": customer.pk}, by=by, at=at)
    else:
        plan_contracts(rows.values_list("pk", flat=True), on=on)


def _merged(sender: object, *, keep: Contract, drop: Contract, **more: object) -> None:
    """The one that stays is covered as it says itself."""
    if drop.terms.exists() and not keep.terms.exists():
        raise Refused(_("Keep the one that has coverage."), code="coverage")


def _terminated(
    sender: object,
    *,
    contract: Contract,
    on: date,
    by: User | None,
    at: datetime,
    as_planned: bool = False,
    **more: object,
) -> None:
    if not as_planned:
        drop_termination(contract=contract)
    cut_coverage(contract=contract, on=on, by=by, at=at)


def _termination_planned(sender: object, *, contract: Contract, by: User | None, at: datetime, **more: object) -> None:
    plan_termination(contract=contract, by=by, at=at)


def _termination_called_off(sender: object, *, contract: Contract, on: date, **more: object) -> None:
    drop_termination(contract=contract)
    plan_contracts([contract.pk], on=on)


def _reactivated(
    sender: object, *, contract: Contract, on: date, by: User | None, at: datetime, **more: object
) -> None:
    restore_coverage(contract=contract, on=on, by=by, at=at)


def _calendar_changed(sender: object, *, on: date, **more: object) -> list[tuple[PlannedAction, date]]:
    return replan_calendar(on=on)
