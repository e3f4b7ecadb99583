"""What a change would do, found out by doing it and undoing it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest

from django.db import transaction

from base.accounts.models import User
from contracts.models import Contract
from warranty.enums import ActionState
from warranty.labels import say
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.operations import correct_acceptance
from warranty.planning.kinds import Act


@dataclass(frozen=True)
class Change:
    """One line of a before/after: `before` or `after` is empty where the thing comes or goes."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass
class Correction:
    terms: list[Change] = field(default_factory=list)
    rows: list[Change] = field(default_factory=list)
    unchanged: int = 0


def preview_correction(
    *, contract: Contract, accepted_on: date, reason: str, by: User, at: datetime, on: date
) -> Correction:
    """Terms and plan before and after the correction. Raises `Refused` as the correction itself would."""
    stored = Contract.objects.select_related("customer").get(pk=contract.pk)
    terms, rows = _terms(stored), _rows(stored)
    with transaction.atomic():
        correct_acceptance(contract=stored, accepted_on=accepted_on, reason=reason, by=by, at=at, on=on)
        terms_after, rows_after = _terms(stored), _rows(stored)
        transaction.set_rollback(True)
    found = Correction()
    for before, after in zip_longest(terms, terms_after):
        label = str((before or after).get_kind_display())
        found.terms.append(Change(label, str(before or ""), str(after or "")))
    changes = [
        Change(name, rows.get(key, ("", ""))[1], rows_after.get(key, ("", ""))[1])
        for key, (name, _day) in (rows | rows_after).items()
    ]
    found.rows = sorted((each for each in changes if each.differs), key=lambda each: each.after or each.before)
    found.unchanged = len(changes) - len(found.rows)
    return found


def _terms(contract: Contract) -> list[MaintenanceTerm]:
    return list(MaintenanceTerm.objects.filter(contract=contract).order_by("first_day"))


def _rows(contract: Contract) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(subject, kind, step) → what it is and its day, of the rows still to come."""
    found = PlannedAction.objects.filter(contract=contract, state__in=[ActionState.PLANNED, ActionState.FAILED])
    return {
        (row.subject, row.kind, row.step): (say(Act(row.kind, row.step, contract)), str(row.due_on))
        for row in found.order_by("due_on", "pk")
    }
