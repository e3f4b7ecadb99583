"""What coverage adds to the pages of contracts: columns, filters, tabs, moves and the time line."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.chatter import labels
from base.ui import cells
from base.ui.columns import Column, Due
from base.ui.extension import PageExtension, after, before
from base.ui.filters import Apply, Choice, DateRange, Quick, Relation
from base.ui.look import Look
from base.ui.parts import CountOf, Move, SmartButton, Tab, Tool
from base.ui.paths import attach, attached
from contracts import timeline as life
from contracts.enums import ContractStatus, Coverage
from contracts.models import Contract
from contracts.pages.related import related, related_tab
from warranty import filing, operations, timeline
from warranty.dry_run import preview_correction
from warranty.enums import TermKind
from warranty.forms import AcceptForm, CorrectForm, GoodwillForm
from warranty.labels import COVERAGE_COLOURS
from warranty.models import LedgerImport, MaintenanceTerm
from warranty.pages.inspections import InspectionPage, visits_done
from warranty.pages.plan import PlanPage, is_visit, may_hold, plan_of
from warranty.pages.terms import TermPage
from warranty.planning.holding import OPEN
from warranty.queries import Stretch, coverage_end, coverage_on, covered, ends_between
from warranty.termination import last_covered

Data = Mapping[str, Any]
Rows = models.QuerySet[Contract]


def register() -> None:
    """Called once by `AppConfig.ready`."""
    labels.say(
        events={
            "plan_held": _("put on hold"),
            "plan_released": _("released"),
            "ledger_uploaded": _("ledger uploaded"),
            "ledger_started": _("import started"),
        }
    )
    life.register_source(timeline.pieces)


# --- the list -------------------------------------------------------------------------------------------------------


class CoverageColumn(Column[Contract]):
    """How the contract is covered today, as a coloured word."""

    def of(self, record: Contract) -> object:
        return str(attached(record, "coverage").label)

    def html(self, record: Contract, look: Look) -> SafeString | str:
        coverage = attached(record, "coverage")
        return look.once(("coverage", coverage), lambda: cells.badge(coverage.label, COVERAGE_COLOURS[coverage]))


def _is_to_renew(contract: Contract) -> bool:
    return contract.status == ContractStatus.ACTIVE and not contract.no_renewal_reason and contract.ending_on is None


class CoverageFilter(Choice):
    """How a contract is covered today."""

    def build(self, look: Look) -> django_filters.Filter:
        def narrow(rows: Rows, name: str, kinds: list[str]) -> Rows:
            return covered(rows, kinds, look.today)

        return django_filters.MultipleChoiceFilter(label=self.label, choices=self.choices(), method=narrow)


class CameInWith(Relation):
    """The ledger that a contract came in with, or was named by."""

    def target(self) -> type[models.Model]:
        return LedgerImport


def _active(rows: Rows) -> Rows:
    return rows.filter(status=ContractStatus.ACTIVE)


def _ends_within(days: int) -> Apply[Contract]:
    def narrow(rows: Rows, look: Look) -> Rows:
        return _active(rows).filter(ends_between(look.today, look.today + timedelta(days=days)))

    return narrow


def _to_renew(rows: Rows, look: Look) -> Rows:
    """Coverage ends within the renewal season, nothing follows it, and a renewal is wanted now."""
    wanted: Rows = _ends_within(90)(rows, look).filter(no_renewal_reason="", ending_on=None)
    return wanted.exclude(snoozed_until__gt=look.today)


def _lapsed(rows: Rows, look: Look) -> Rows:
    """Covered once and no more, and nobody said that it should stay so."""
    return covered(_active(rows), [Coverage.LAPSED], look.today).filter(no_renewal_reason="")


_QUICK = (
    Quick("ends_30", _("Ends within 30 days"), _ends_within(30), divider=True),
    Quick("ends_60", _("Ends within 60 days"), _ends_within(60)),
    Quick("ends_90", _("Ends within 90 days"), _ends_within(90)),
    Quick("to_renew", _("To renew"), _to_renew),
    Quick("lapsed", _("Lapsed: win back"), _lapsed),
)


# --- the sheet ------------------------------------------------------------------------------------------------------


def _accept(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    filing.file_acceptance(
        contract=contract, accepted_on=data["accepted_on"], certificate=data["file"], by=by, at=at, on=on, seen=seen
    )


def _correct(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.correct_acceptance(contract=contract, by=by, at=at, on=on, seen=seen, **data)


def _preview_correction(contract: Contract, data: Data, look: Look) -> SafeString:
    found = preview_correction(contract=contract, by=look.user, at=look.now, on=look.today, **data)
    return render_to_string(
        "warranty/correction_preview.html",
        {"correction": found, "before": contract.final_acceptance_on, "after": data["accepted_on"], "look": look},
    )


def _goodwill(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.add_term(
        contract=contract, kind=TermKind.GOODWILL, origin="person", by=by, at=at, on=on, months=data["months"],
        first_day=data["first_day"],
    )  # fmt: skip


def _may_be_accepted(contract: Contract) -> bool:
    return contract.status == ContractStatus.ACTIVE and contract.final_acceptance_on is None


def _was_accepted(contract: Contract) -> bool:
    return contract.status == ContractStatus.ACTIVE and contract.final_acceptance_on is not None


_MOVES = (
    Move(
        "accept",
        _("Record final acceptance"),
        "contracts.accept",
        _accept,
        allowed=_may_be_accepted,
        form=AcceptForm,
        initial=lambda contract, look: {"accepted_on": look.today},
        style="primary",
        icon="rosette-discount-check",
        done=_("Final acceptance is recorded; coverage and its plan are written."),
    ),
    Move(
        "correct",
        _("Correct acceptance"),
        "contracts.accept",
        _correct,
        allowed=_was_accepted,
        form=CorrectForm,
        initial=lambda contract, look: {"accepted_on": contract.final_acceptance_on},
        preview=_preview_correction,
        icon="calendar-repeat",
        seldom=True,
        done=_("The acceptance is corrected; terms and plan moved with it."),
    ),
    Move(
        "goodwill",
        _("Add goodwill"),
        "terms.edit",
        _goodwill,
        allowed=_was_accepted,
        form=GoodwillForm,
        confirm=_("Coverage free of charge, after what is agreed already. It is planned like any other term."),
        icon="gift",
        seldom=True,
        done=_("The goodwill term is agreed and planned."),
    ),
)


def _term_count(contract: Contract, look: Look) -> int:
    return int(attached(contract, "term_count"))


def _plan_context(contract: Contract, look: Look) -> Data:
    """The rows of the plan with what may be done with each."""
    rows = list(plan_of(contract, look)[:201])
    found = related(PlanPage, rows, look, ("contract", "contract__customer", "contract__manager"), limit=200)
    tools = [
        {
            "pk": row.pk,
            "hold": look.may("plan.hold") and may_hold(row),
            "release": look.may("plan.hold") and row.on_hold and row.state in OPEN,
            "run": look.may("runs.start") and row.state == "failed",
            "visit": row.inspection.pk if is_visit(row) and hasattr(row, "inspection") else None,
            "open": row.state in OPEN,
        }
        for row in rows[:200]
    ]
    return found | {"rows": list(zip(found["lines"], tools, strict=True))}


_TABS = (
    related_tab(
        "terms",
        _("Maintenance terms"),
        lambda: TermPage,
        lambda contract, look: TermPage.all_rows(look.user).filter(contract=contract).order_by("first_day"),
        action="terms.view",
        without=("contract", "contract__customer"),
        count=_term_count,
    ),
    Tab(
        "plan",
        _("Plan"),
        "warranty/plan_tab.html",
        _plan_context,
        action="plan.view",
        count=CountOf(lambda contract, look: contract.plan.filter(state__in=OPEN)),
    ),
    related_tab(
        "inspections",
        _("Inspections"),
        lambda: InspectionPage,
        lambda contract, look: InspectionPage.all_rows(look.user).filter(action__contract=contract),
        action="inspections.view",
        without=("action__contract", "action__contract__customer", "action__contract__project"),
    ),
)


_BUTTONS = (
    SmartButton(
        "terms", _("Terms"), "shield-check", action="terms.view",
        count=_term_count,
        url=lambda contract, look: f"{TermPage.address()}?contract={contract.pk}",
    ),
    SmartButton(
        "inspections", _("Inspections"), "clipboard-check", action="inspections.view", count=visits_done,
        url=lambda contract, look: f"{InspectionPage.address()}?action__contract={contract.pk}",
    ),
)  # fmt: skip


class CoverageOfContract(PageExtension[Contract], of="contracts"):
    """How a contract is covered, by which terms, and what is planned in them."""

    columns = after(
        "final_acceptance_on",
        CoverageColumn("coverage", label=_("coverage"), sort=False),
        Due("coverage_end", label=_("coverage ends"), near=90, sort="coverage_end", open_=_is_to_renew),
    )
    filters = (
        after("mine", *_QUICK),
        CoverageFilter("coverage", label=_("coverage"), choices=Coverage.choices),
        DateRange("coverage_end", label=_("coverage ends")),
        CameInWith("imports", label=_("came in with"), action="imports.view"),
    )
    # What a contract is opened for stands before its amendments.
    tabs = before("amendments", *_TABS)
    moves = after("activate", *_MOVES)
    buttons = _BUTTONS
    tools = (
        Tool(_("Import a ledger"), "file-import", "imports:create", "ledger.import"),
        Tool(_("Export as a ledger"), "table-export", "export_ledger", "contracts.export"),
    )

    @classmethod
    def rows(cls, rows: Rows, user: User) -> Rows:
        """Known to the database only where a filter or an order asks for it."""
        found: Rows = rows.alias(coverage_end=coverage_end())
        return found

    @classmethod
    def prepare(cls, records: list[Contract], look: Look) -> None:
        """The terms, coverage of the day and its last day, in one query for the whole screen."""
        terms: dict[int, list[Stretch]] = {}
        rows = MaintenanceTerm.objects.filter(contract__in=[each.pk for each in records]).order_by("first_day")
        for contract, *stretch in rows.values_list("contract_id", "first_day", "last_day", "kind"):
            terms.setdefault(contract, []).append(Stretch(*stretch))
        for record in records:
            own = terms.get(record.pk, [])
            coverage = coverage_on(record, own, look.today)
            end = last_covered(record, own[-1].last_day) if own else None
            attach(record, term_count=len(own), coverage=coverage, coverage_end=end)
