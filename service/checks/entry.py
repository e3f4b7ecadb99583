"""Operations on what is looked at during an inspection: begun from the lists, filled in item by item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import record
from base.lib.errors import Refused
from base.lib.text import clean
from service.checks.enums import Area, CheckState
from service.checks.limits import is_within
from service.checks.queries import lists_for
from service.models import CheckResult
from service.models.checks import WORDS
from warranty.enums import ActionState
from warranty.models import Inspection


@dataclass(frozen=True)
class Entry:
    """What a person typed for one item, and the version of it that they looked at."""

    state: str
    value: str
    note: str
    seen: int


def open_for_entry(inspection: Inspection) -> Inspection:
    """The inspection, locked until the transaction ends, so that nobody reports it meanwhile.

    Raises `Refused` once it is reported (its checks are what was reported) or cancelled.
    """
    locked: Inspection = (
        Inspection.objects.select_for_update(of=("self",)).select_related("action__contract").get(pk=inspection.pk)
    )
    if locked.reported_at is not None:
        raise Refused(_("This inspection is reported: its checks and findings stay as they were."), code="reported")
    if locked.action.state == ActionState.CANCELLED:
        raise Refused(_("This inspection was cancelled."), code="cancelled")
    return locked


@transaction.atomic
def begin_entry(*, inspection: Inspection, by: User | None, at: datetime) -> None:
    """Copy the items of the contract's lists onto the inspection. Begun twice, nothing happens."""
    require(by, "inspections.report")
    locked = open_for_entry(inspection)
    if locked.checks.exists():
        return
    lists = list(lists_for(locked.action.contract).prefetch_related("items"))
    items = [(each.area, item) for each in lists for item in each.items.all()]
    if not items:
        raise Refused(_("No check list is set up: make one default, or choose lists on the contract."), code="lists")
    CheckResult.objects.bulk_create(
        CheckResult(inspection=locked, area=area, place=place, **{name: getattr(item, name) for name in WORDS})
        for place, (area, item) in enumerate(items, 1)
    )
    record(locked, "checks_begun", by=by, at=at, note="、".join(f"{each.name} ({each.edition})" for each in lists))


@transaction.atomic
def fill_in_item(
    *, inspection: Inspection, area: Area, entries: Mapping[int, Entry], rest: bool = False, by: User, at: datetime
) -> dict[int, CheckResult]:
    """Store what was typed for the items of an area; with `rest`, those nobody judged yet are normal.

    An item that somebody else saved since it was looked at is left alone and returned as it is stored; the others are
    stored all the same. Raises `Refused` for a result that is none, or once the inspection is reported.
    """
    require(by, "inspections.report")
    locked = open_for_entry(inspection)
    missed: dict[int, CheckResult] = {}
    for check in locked.checks.filter(area=area):
        entry = entries.get(check.pk)
        if entry is None:
            continue
        values = _values(entry, check.limits, rest=rest)
        if all(getattr(check, name) == value for name, value in values.items()):
            continue
        if entry.seen != check.version:
            missed[check.pk] = check
            continue
        _store(locked, check, values, by=by, at=at)
    return missed


def _values(entry: Entry, limits: str, *, rest: bool) -> dict[str, str]:
    """What is stored: a value within or beyond the item's limits judges it, unless the item does not apply."""
    state = entry.state or (CheckState.NORMAL.value if rest else "")
    within = is_within(limits, clean(entry.value))
    if within is not None and state != CheckState.NONE:
        state = (CheckState.NORMAL if within else CheckState.ABNORMAL).value
    if state and state not in CheckState.values:
        raise Refused(_("Choose normal, abnormal or not applicable."), code="state")
    values = {"state": state, "value": clean(entry.value), "note": clean(entry.note)}
    for name, limit in CheckResult.LIMITS.items():
        if len(values[name]) > limit:
            raise Refused(_("That is longer than %(limit)s characters.") % {"limit": limit}, field=name)
    return values


def _store(inspection: Inspection, check: CheckResult, values: Mapping[str, str], *, by: User, at: datetime) -> None:
    before = (check.state, check.value, check.note)
    CheckResult.objects.filter(pk=check.pk, version=check.version).update(
        **values, version=check.version + 1, by=by, at=at
    )
    # Judged before: a correction, which has to be told. While it is first filled in, the row itself says who and when.
    if before[0] and before[0] != values["state"]:
        told = {str(check): [_said(*before), _said(**values)]}
        record(inspection, "check_corrected", by=by, at=at, changes=told)


def _said(state: str, value: str, note: str) -> str:
    return " · ".join(filter(None, [str(CheckState(state).label) if state else "—", value, note]))
