"""Settings that control others, or say where money goes: a director agrees to another value (docs/rules.md 8.1)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.changes import kinds
from base.changes.kinds import ChangeKind
from base.changes.models import PendingChange
from base.changes.operations import ask_for_change
from base.changes.values import unpack
from base.chatter.operations import change as change_record
from base.company.models import Company
from base.company.signals import approval_limit_changed

CONTROL, BANK = "approval_limit", "bank_account"
_FIELDS = {CONTROL: ("approval_deviation",), BANK: ("bank_name", "bank_account")}


def register() -> None:
    labels = {CONTROL: _("Limit for approval"), BANK: _("Our bank account")}
    for name, label in labels.items():
        kinds.register(
            ChangeKind(
                name, label, Company, decides="changes.approve", view="company.view", carry_out=_carry_out, undo=_undo
            )
        )


def takes_a_second(our_company: Company, values: Mapping[str, Any], by: User | None) -> dict[str, Any]:
    """Of new settings those that a director must agree to."""
    if by is None:
        return {}
    fields = {name for names in _FIELDS.values() for name in names}
    return {name: value for name, value in values.items() if name in fields and getattr(our_company, name) != value}


def ask(our_company: Company, values: Mapping[str, Any], *, by: User | None, at: datetime) -> None:
    """Ask a director for each subject apart: what is agreed to for one says nothing of the other."""
    for kind, names in _FIELDS.items():
        wanted = {name: values[name] for name in names if name in values}
        if wanted:
            ask_for_change(kind=kind, target=our_company, values=wanted, by=by, at=at)


def _carry_out(change: PendingChange, by: User | None, at: datetime) -> None:
    _write(change, unpack(change.values), by=by, at=at)


def _undo(change: PendingChange, by: User | None, at: datetime) -> None:
    before = {name: change.changes[name][0] for name in change.values}
    if "approval_deviation" in before:
        before["approval_deviation"] = Decimal(before["approval_deviation"])
    _write(change, before, by=by, at=at)


def _write(change: PendingChange, values: Mapping[str, Any], *, by: User | None, at: datetime) -> None:
    our_company = change.target
    assert isinstance(our_company, Company)
    change_record(our_company, values, by=by, at=at)
    if "approval_deviation" in values:
        approval_limit_changed.send(Company, by=by, at=at)
