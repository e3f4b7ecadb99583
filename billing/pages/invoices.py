"""The screens of invoices."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.documents.jobs import papers_move
from base.documents.pages import papers_tab
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Apply, Choice, DateRange, NumberRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Board, BulkMove, CountOf, Group, SmartButton, Tab, Tool
from base.ui.paths import attach, attached
from billing import invoices
from billing.enums import InvoiceStatus
from billing.exports import export_invoices
from billing.forms import ExportForm, InvoiceForm
from billing.models import Charge, ExportBatch, Invoice
from billing.pages.columns import LinesTable, Stretch
from billing.pages.invoice_moves import MOVES
from billing.pages.shared import own
from billing.queries import contracts_of, outstanding
from billing.states import INVOICE_OPEN
from service.promises import penalties

COLOURS = {
    "draft": "azure",
    "requested": "blue",
    "issued": "purple",
    "part_paid": "yellow",
    "paid": "green",
    "credited": "orange",
    "void": "secondary",
}
#: The usual ages of unpaid sums, in days past the payment day: first and last, both included.
AGES = {"0_30": (0, 30), "31_60": (31, 60), "61_90": (61, 90), "over_90": (91, None)}


def _unpaid(rows: models.QuerySet[Invoice]) -> models.QuerySet[Invoice]:
    return rows.filter(status__in=INVOICE_OPEN)


def _overdue(rows: models.QuerySet[Invoice], look: Look) -> models.QuerySet[Invoice]:
    return _unpaid(rows).filter(due_on__lt=look.today)


def _not_due(rows: models.QuerySet[Invoice], look: Look) -> models.QuerySet[Invoice]:
    return _unpaid(rows).filter(due_on__gt=look.today)


def _due_this_month(rows: models.QuerySet[Invoice], look: Look) -> models.QuerySet[Invoice]:
    first = look.today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return _unpaid(rows).filter(due_on__gte=first, due_on__lt=after)


def _aged(age: str) -> Apply[Invoice]:
    """Unpaid invoices by how long they have been due; what is not due yet has no age."""
    first, last = AGES[age]

    def apply(rows: models.QuerySet[Invoice], look: Look) -> models.QuerySet[Invoice]:
        rows = _unpaid(rows).filter(due_on__lte=look.today - timedelta(days=first))
        return rows if last is None else rows.filter(due_on__gte=look.today - timedelta(days=last))

    return apply


def _not_exported(rows: models.QuerySet[Invoice], look: Look) -> models.QuerySet[Invoice]:
    """What finance has not taken away yet, as `exportable` has it."""
    return rows.exclude(status=InvoiceStatus.VOID).filter(exports=None)


def _export(chosen: list[Invoice], data: Mapping[str, Any], *, by: User, at: datetime, on: date) -> ExportBatch:
    rows = Invoice.objects.filter(pk__in=[invoice.pk for invoice in chosen])
    return export_invoices(invoices=rows, by=by, at=at, on=on, **data)


def _exported(invoice: Invoice) -> str:
    return gettext("exported") if attached(invoice, "was_exported") else gettext("not yet")


class Linked(Relation):
    """Invoices that one of many records leads to: an export they went out with, a charge they bill."""

    def __init__(self, name: str, target: type[models.Model], **options: Any) -> None:
        super().__init__(name, **options)
        self._target = target

    def target(self) -> type[models.Model]:
        return self._target

    def build(self, look: Look) -> django_filters.Filter:
        found = super().build(look)
        found.distinct = True
        return found


class InvoicePage(ModelPage[Invoice]):
    model, slug, icon = Invoice, "invoices", "receipt"
    key = "number"
    actions = Actions(view="invoices.view", edit="invoices.edit", export="contracts.export")
    guards = dict.fromkeys(("gross", "net", "tax", "paid", "open", "credited"), "prices.view")
    empty = _("An invoice is drafted when a customer accepts a quote, and of what waits to be invoiced.")
    search = ["search", "contract__search", "customer__search"]
    columns = [
        Column("number"),
        Column("customer", link=True),
        Column("contract", link=True),
        Column("gross", total=True),
        Column("net", total=True),
        Column("tax", total=True),
        Column("paid", total=True),
        Column("open", label=_("open"), value=outstanding, align="end"),
        Due("due_on", near=7, open_=lambda invoice: invoice.is_open),
        Badge("status", COLOURS),
        Column("exported", label=_("export"), value=_exported),
        Column("on", optional=True),
        Column("tax_invoice_number", optional=True),
        Column("tax_invoice_on", optional=True),
        Column("credited", total=True, optional=True),
        Stretch("service_first", "service_last", label=_("service"), optional=True),
        Column("buyer_name", optional=True),
        Column("invoice_type", optional=True),
        Column("contract__manager", optional=True),
    ]
    filters = [
        Quick("mine", _("My contracts"), own),
        Quick(
            "to_request",
            _("To request"),
            lambda rows, look: rows.filter(status=InvoiceStatus.DRAFT),
            divider=True,
        ),
        Quick("to_issue", _("To issue"), lambda rows, look: rows.filter(status=InvoiceStatus.REQUESTED)),
        Quick("unpaid", _("Unpaid"), lambda rows, look: _unpaid(rows)),
        Quick("overdue", _("Overdue"), _overdue),
        Quick("due_this_month", _("Due this month"), _due_this_month),
        Quick("not_exported", _("Not yet exported"), _not_exported),
        Quick("not_due", _("Unpaid, not due yet"), _not_due, divider=True),
        Quick("age_0_30", _("Due for up to 30 days"), _aged("0_30")),
        Quick("age_31_60", _("Due for 31–60 days"), _aged("31_60")),
        Quick("age_61_90", _("Due for 61–90 days"), _aged("61_90")),
        Quick("age_over_90", _("Due for more than 90 days"), _aged("over_90")),
        Choice("status"),
        Relation("customer"),
        Relation("contract"),
        Relation("contract__manager"),
        Linked("exports", ExportBatch, label=_("export")),
        Linked("lines__charge", Charge, label=_("charge")),
        DateRange("on"),
        DateRange("due_on"),
        DateRange("tax_invoice_on"),
        NumberRange("gross"),
        Choice("invoice_type"),
    ]
    group_by = ["status", "customer", "contract__manager", "due_on:month", "on:month", "tax_invoice_on:month"]
    sheet = [
        Group(
            _("Sale"),
            [
                Column("contract", link=True),
                Column("customer", link=True),
                Stretch("service_first", "service_last", label=_("service")),
                "on",
            ],
        ),
        Group(
            _("Sums"),
            [
                "gross",
                "net",
                "tax",
                "paid",
                "credited",
                Column("open", label=_("open"), value=outstanding),
                Due("due_on", near=7, open_=lambda invoice: invoice.is_open),
            ],
        ),
        Group(_("Lines"), [LinesTable("lines", label=_("lines"))], action="prices.view"),
        Group(
            _("Buyer"),
            [
                "title",
                "buyer_name",
                "buyer_tax_number",
                "buyer_address",
                "buyer_phone",
                "buyer_bank_name",
                "buyer_bank_account",
                "buyer_email",
            ],
        ),
        Group(
            _("Tax invoice"),
            [
                "invoice_type",
                "tax_invoice_number",
                "tax_invoice_on",
                "note",
                Column("exported", label=_("export"), value=_exported),
            ],
        ),
    ]
    tabs = [
        Tab(
            "payments",
            _("Payments"),
            "billing/payments.html",
            context=lambda invoice, look: {"payments": invoice.payments.select_related("by")},
            count=CountOf(lambda invoice, look: invoice.payments.all()),
        ),
        Tab(
            "credit_notes",
            _("Credit notes"),
            "billing/credit_notes.html",
            context=lambda invoice, look: {"notes": invoice.credit_notes.select_related("by")},
            count=CountOf(lambda invoice, look: invoice.credit_notes.all()),
        ),
        papers_tab("invoices"),
        Tab(
            "exports",
            _("Exports"),
            "billing/invoice_exports.html",
            context=lambda invoice, look: {"batches": invoice.exports.select_related("by")},
            count=CountOf(lambda invoice, look: invoice.exports.all()),
        ),
    ]
    buttons = [
        SmartButton(
            "contract",
            _("Contract"),
            "file-text",
            count=lambda invoice, look: invoice.contract.number if invoice.contract else _("several"),
            url=lambda invoice, look: (
                f"/contracts/{invoice.contract_id}/"
                if invoice.contract_id
                else f"/contracts/?customer={invoice.customer_id}"
            ),
            action="contracts.view",
        ),
    ]
    moves = MOVES
    bulk = [
        BulkMove(
            "export",
            _("Export for finance"),
            "invoices.export",
            _export,
            form=ExportForm,
            confirm=_("One file with a number of its own is made of these invoices, and kept."),
            style="primary",
            icon="file-export",
            together=True,
        ),
        papers_move("invoices", "invoices.view"),
    ]
    tools = [
        Tool(_("Export for finance…"), "file-export", "export_days", "invoices.export"),
        Tool(_("Earlier exports"), "history", "exports:list", "exports.view"),
    ]
    form = InvoiceForm
    status_field = "status"
    status_path = [
        InvoiceStatus.DRAFT,
        InvoiceStatus.REQUESTED,
        InvoiceStatus.ISSUED,
        InvoiceStatus.PART_PAID,
        InvoiceStatus.PAID,
    ]
    status_colours = COLOURS
    board = Board(
        ["customer", "contract__project", "gross", Due("due_on", near=7, open_=lambda invoice: invoice.is_open)],
        columns=["draft", "requested", "issued", "part_paid", "paid"],
        closed=["paid"],
    )

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Invoice]:
        batches = ExportBatch.invoices.through.objects.filter(invoice=OuterRef("pk"))
        rows = Invoice.objects.visible_to(user).select_related("contract__manager", "customer", "title")
        annotated: models.QuerySet[Any] = rows.annotate(was_exported=Exists(batches))
        return annotated

    @classmethod
    def prepare(cls, records: list[Invoice], look: Look) -> None:
        contracts = contracts_of(records)
        due = {each.contract_id for each in penalties.granted({key for keys in contracts.values() for key in keys})}
        for record in records:
            attach(record, to_credit=not due.isdisjoint(contracts[record.pk]))

    @classmethod
    def subtitle(cls, record: Invoice) -> Text:
        return (
            f"{record.customer} · {record.contract.project or record.contract}"
            if record.contract
            else str(record.customer)
        )

    @classmethod
    def save(
        cls, record: Invoice, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Invoice:
        invoices.edit_invoice(invoice=record, values=values, by=by, at=at, seen=seen)
        return record

    @classmethod
    def may_edit(cls, record: Invoice, look: Look) -> bool:
        return bool(record.status in (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED))
