"""What can be done with a contract on its own floor; upper floors add theirs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.ui.look import Look
from base.ui.parts import BulkMove, Move
from contracts import operations
from contracts.customers import split_customer
from contracts.enums import ContractStatus, Milestone
from contracts.forms import AmendForm, HandOverForm, MilestoneForm, ReasonForm, SplitForm, TwinForm, WhyForm, WishForm
from contracts.models import Amendment, Contract
from contracts.queries import Agreed, agreed_by, in_force
from contracts.rules import renewal_cap

Data = Mapping[str, Any]


def _is_active(contract: Contract) -> bool:
    return contract.status == ContractStatus.ACTIVE


def _activate(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.activate_contract(contract=contract, by=by, at=at, seen=seen)


def _milestone(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.record_milestone(
        contract=contract,
        milestone=Milestone(data["milestone"]),
        reached_on=data["reached_on"],
        certificate=data["file"],
        by=by,
        at=at,
        on=on,
        seen=seen,
    )


def _next_milestone(contract: Contract, look: Look) -> Data:
    missing = Milestone.PRELIMINARY if contract.go_live_on else Milestone.GO_LIVE
    return {"milestone": missing, "reached_on": look.today}


def _may_record_milestone(contract: Contract) -> bool:
    open_ = contract.final_acceptance_on is None and not (contract.go_live_on and contract.preliminary_acceptance_on)
    return _is_active(contract) and open_


def _amend(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.amend_contract(contract=contract, values=data, by=by, at=at, on=on)


def _preview_amendment(contract: Contract, data: Data, look: Look) -> SafeString:
    """What is in force on the amendment's day without it and with it, and the caps of both."""
    day = data["effective_on"]
    with_it = agreed_by(contract, [*contract.amendments.all(), Amendment(contract=contract, pk=2**62, **data)], day)
    lines = [_cap_line(contract, each) for each in (in_force(contract, day), with_it)]
    context = {"look": look, "day": day, "before": lines[0], "after": lines[1], "prices": look.may("prices.view")}
    return render_to_string("contracts/amendment_preview.html", context)


def _cap_line(contract: Contract, agreed: Agreed) -> dict[str, Any]:
    return {"agreed": agreed, "rate": contract.cap_rate, "cap": renewal_cap(agreed.amount, contract.cap_rate, 12)}


def _wish(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    wish = data["wish"]
    operations.set_renewal_wish(
        contract=contract,
        no_renewal_reason=data["reason"] if wish == WishForm.NEVER else "",
        snoozed_until=data["snoozed_until"] if wish == WishForm.SNOOZE else None,
        snooze_reason=data["reason"] if wish == WishForm.SNOOZE else "",
        by=by,
        at=at,
        on=on,
        seen=seen,
    )


def _wish_now(contract: Contract, look: Look) -> Data:
    wish = (
        WishForm.NEVER if contract.no_renewal_reason else WishForm.SNOOZE if contract.snoozed_until else WishForm.OFFER
    )
    reason = contract.no_renewal_reason or contract.snooze_reason
    return {"wish": wish, "snoozed_until": contract.snoozed_until, "reason": reason}


def _terminate(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.terminate_contract(contract=contract, on=data["on"], reason=data["reason"], by=by, at=at, seen=seen)


def _call_off(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.call_off_termination(contract=contract, on=on, reason=data["reason"], by=by, at=at, seen=seen)


def _reactivate(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reactivate_contract(contract=contract, on=on, reason=data["reason"], by=by, at=at, seen=seen)


def _hand_over(contract: Contract, data: Data, *, by: User, at: datetime, on: date) -> None:
    operations.hand_over_contracts(contracts=[contract], to=data["to"], by=by, at=at)


def _merge(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> Contract:
    keep, drop = (contract, data["other"]) if data["keep"] == TwinForm.THIS else (data["other"], contract)
    return operations.merge_contracts(keep=keep, drop=drop, by=by, at=at)


def _split(contracts: list[Contract], data: Data, *, by: User, at: datetime, on: date) -> None:
    split_customer(contracts=contracts, by=by, at=at, **data)


MOVES = [
    Move(
        "activate",
        _("Put in force"),
        "contracts.edit",
        _activate,
        allowed=lambda contract: contract.status == ContractStatus.DRAFT,
        style="primary",
        icon="check",
    ),
    Move(
        "milestone",
        _("Record milestone"),
        "contracts.edit",
        _milestone,
        allowed=_may_record_milestone,
        form=MilestoneForm,
        initial=_next_milestone,
        icon="flag",
        done=_("The milestone is recorded."),
    ),
    Move(
        "amend",
        _("Amend"),
        "contracts.amend",
        _amend,
        allowed=_is_active,
        form=AmendForm,
        initial=lambda contract, look: {
            "signed_on": look.today,
            "effective_on": look.today,
            "amount": [None, contract.amount.currency.code],
        },
        preview=_preview_amendment,
        icon="file-plus",
        done=_("The amendment is recorded; drafts and plan follow it."),
    ),
    Move(
        "wish",
        _("Renewal intent"),
        "contracts.edit",
        _wish,
        allowed=lambda contract: _is_active(contract) and contract.final_acceptance_on is not None,
        form=WishForm,
        initial=_wish_now,
        icon="refresh",
        done=_("Renewal intent saved."),
    ),
    Move(
        "terminate",
        _("Terminate"),
        "contracts.terminate",
        _terminate,
        allowed=_is_active,
        form=ReasonForm,
        initial=lambda contract, look: {"on": contract.ending_on or look.today, "reason": contract.ending_reason},
        confirm=_(
            "The current term ends on this day; later terms, open quotes, what is planned and mails still queued are "
            "cancelled. As of a coming day all that happens on that day: until then visits stand, nothing is renewed, and "
            "it can be called off."
        ),
        style="outline-danger",
        seldom=True,
        icon="ban",
        done=_("The termination is recorded."),
    ),
    Move(
        "merge",
        _("Merge with its twin"),
        "contracts.terminate",
        _merge,
        allowed=lambda contract: " " in contract.number_key,
        form=TwinForm,
        confirm=_(
            "For a contract that was typed twice. Requests, visits, files, messages and to-dos move to the one you keep; the "
            "other ends today, under a number of its own: its open quotes and what is planned for it are called off."
        ),
        icon="arrow-merge",
        done=_("The contracts are one now."),
    ),
    Move(
        "call_off",
        _("Call the termination off"),
        "contracts.terminate",
        _call_off,
        allowed=lambda contract: _is_active(contract) and contract.ending_on is not None,
        form=WhyForm,
        style="primary",
        icon="arrow-back-up",
        done=_("The contract goes on; what waited is planned again."),
    ),
    Move(
        "reactivate",
        _("Take back the termination"),
        "contracts.reactivate",
        _reactivate,
        allowed=lambda contract: contract.status == ContractStatus.TERMINATED,
        form=WhyForm,
        style="primary",
        icon="arrow-back-up",
        done=_("The contract is active again."),
    ),
]
BULK = [
    BulkMove("hand_over", _("Hand over"), "contracts.hand_over", _hand_over, form=HandOverForm, icon="arrows-exchange"),
    BulkMove(
        "split",
        _("Move to another customer"),
        "customers.edit",
        _split,
        form=SplitForm,
        confirm=_("For contracts that came in under the wrong customer. Contacts and invoice titles go along."),
        icon="arrows-split",
        together=True,
    ),
]
