"""Operations on check lists: their wording, and which of them a contract is inspected by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create, record
from base.lib.errors import Refused
from contracts.models import Contract
from service.checks.limits import read_limits
from service.models import CheckItem, CheckList, ContractCheckList
from service.models.checks import WORDS

#: One line of a list as it is typed: the fields of `CheckWords` by name.
Words = Mapping[str, str]


@transaction.atomic
def save_list(
    *, checklist: CheckList, values: Mapping[str, Any], items: Sequence[Words] | None, by: User | None, at: datetime,
    seen: int | None = None,
) -> CheckList:  # fmt: skip
    """Store a list with its items in order; `items` None leaves them. Inspections that were begun keep their own copy.

    Raises `Refused` for a list without items or an item without words, `Stale` when somebody else saved it meanwhile.
    """
    require(by, "checks.edit")
    if items is not None:
        _check_items(items)
    if checklist.pk is None:
        for name, value in values.items():
            setattr(checklist, name, value)
        create(checklist, by=by, at=at)
        _write(checklist, items or [])
        return checklist
    reworded = items is not None and [_words(each) for each in items] != [
        _words(vars(each)) for each in checklist.items.all()
    ]
    more = {"edition": checklist.edition + 1} if reworded else {}
    change(checklist, {**values, **more}, by=by, at=at, verb="checklist_reworded" if reworded else "changed", seen=seen)
    if reworded:
        checklist.items.all().delete()
        _write(checklist, items or [])
    return checklist


def _check_items(items: Sequence[Words]) -> None:
    if not items:
        raise Refused(_("Name at least one item."), field="items")
    if any(not each.get("text", "").strip() for each in items):
        raise Refused(_("Each item needs its Chinese words."), field="items")
    for each in items:
        try:
            read_limits(each.get("limits", ""))
        except ValueError:
            text = _("“%(text)s”: write limits like 20–25, ≤70 or ≥30.")
            raise Refused(text % {"text": each["limits"]}, field="items", code="limits") from None


def _words(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(item.get(name, "")).strip() for name in WORDS)


def _write(checklist: CheckList, items: Iterable[Words]) -> None:
    CheckItem.objects.bulk_create(
        CheckItem(checklist=checklist, place=place, **dict(zip(WORDS, _words(each), strict=True)))
        for place, each in enumerate(items, 1)
    )


@transaction.atomic
def choose_lists(*, contract: Contract, lists: Iterable[CheckList], by: User | None, at: datetime) -> None:
    """Say by which lists a contract's inspections are held from now on; none means the default ones."""
    require(by, "inspections.plan")
    wanted = list(lists)
    before = ContractCheckList.objects.filter(contract=contract).select_related("checklist")
    had = sorted(each.checklist.name for each in before)
    if had == sorted(each.name for each in wanted):
        return
    before.delete()
    ContractCheckList.objects.bulk_create(ContractCheckList(contract=contract, checklist=each) for each in wanted)
    names = "、".join(each.name for each in wanted)
    record(
        contract, "checklists_chosen", by=by, at=at, changes={"check_lists": ["、".join(had) or None, names or None]}
    )
