"""Operations on fulfilment reports."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create
from base.documents.models import Document
from base.documents.numbers import draw
from base.lib.errors import Refused
from contracts.models import Contract
from service.models import FulfilmentReport

PREFIX = "LY"


@transaction.atomic
def make_report(
    *,
    contract: Contract,
    first_day: date,
    last_day: date,
    summary: str = "",
    with_quote: bool = False,
    by: User,
    at: datetime,
    on: date,
) -> FulfilmentReport:
    """Make the report of a period. It tells what is known when it leaves; then it is stored and never changes.

    Raises `Refused` for a period that runs backwards, has not begun, or is longer than ten years.
    """
    require(by, "reports.make")
    if last_day < first_day:
        raise Refused(_("It cannot end before it begins."), field="last_day")
    if first_day > on:
        raise Refused(_("The period has not begun."), field="first_day")
    if last_day > on:
        raise Refused(_("A report tells what was: choose today or earlier."), field="last_day")
    if last_day < contract.signed_on:
        raise Refused(_("The contract was not signed yet."), field="last_day")
    if (last_day - first_day).days > 3660:
        raise Refused(_("Choose at most ten years."), field="first_day")
    [number] = draw(PREFIX, on.year)
    report = FulfilmentReport(
        number=number,
        contract=contract,
        first_day=first_day,
        last_day=last_day,
        summary=summary,
        with_quote=with_quote,
        made_on=on,
        made_by=by,
    )
    return create(report, by=by, at=at)


@transaction.atomic
def edit_report(
    *, report: FulfilmentReport, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> None:
    """Change the words at its head, or whether it goes with the quote. What has left the house does not change."""
    require(by, "reports.make")
    if "summary" in values and values["summary"] != report.summary and has_left(report):
        raise Refused(_("It has left the house: make another one."), field="summary", code="left")
    change(report, values, by=by, at=at, seen=seen)


def key_of(report_id: int) -> str:
    """What the stored paper is known by."""
    return f"fulfilment_report:{report_id}"


def has_left(report: FulfilmentReport) -> bool:
    return Document.objects.filter(key=key_of(report.pk)).exists()


def enclosed(contract_ids: Iterable[int]) -> dict[int, list[FulfilmentReport]]:
    """The reports that are to go with the next renewal quote of these contracts."""
    found: dict[int, list[FulfilmentReport]] = {}
    for report in FulfilmentReport.objects.filter(contract__in=list(contract_ids), with_quote=True).order_by("pk"):
        found.setdefault(report.contract_id, []).append(report)
    return found


def mark_enclosed(reports: Iterable[FulfilmentReport], *, by: User | None, at: datetime) -> None:
    """They are on their way: the quote after the next does not carry them again."""
    for report in reports:
        change(report, {"with_quote": False}, by=by, at=at, verb="enclosed")
