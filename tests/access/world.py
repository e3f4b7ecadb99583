"""Two account managers with a full set of records each, and one person of every role who sees the first one's.

Every text of a side carries its mark, so that a page can be searched for what it should not show.
"""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import openpyxl
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from base.accounts.models import Role, User
from base.audit.accesses import note_access
from base.audit.models import Access
from base.changes.models import ChangeStatus, PendingChange
from base.chatter.files import add_attachment
from base.chatter.operations import make_todo, record, write_message, write_todos
from base.company.models import Company
from base.documents.registry import document_for
from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from base.mail.models import OutgoingMail
from base.mail.queue import record_bounce
from base.ui import operations as screens
from base.ui.page import PAGES
from billing import crediting, exports, invoices
from billing.models import Invoice, TaxRate
from contracts.models import Contract
from contracts.operations import amend_contract, terminate_contract
from renewals import decisions
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from service import prices
from service.models import (
    CheckList,
    CommitmentTemplate,
    FulfilmentReport,
    PriceLine,
    ServiceRequest,
    SlaPolicy,
    VisitPart,
)
from service.operations import take_request
from service.visits import operations as visits
from tests.access.promises import promised
from tests.access.visits import visited
from tests.chain import AT, ON, accepted, cny, drafted, sent, signed
from tests.factories import ContactFactory, ContractFactory, CustomerFactory, TitleFactory, UserFactory
from warranty import imports
from warranty.planning.run import run_day

#: Unlike any other figure, so that it is found wherever it is shown.
AMOUNT = "7654321.09"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class Side:
    """One account manager's records: `rows` are all that were made for them, by model."""

    mark: str
    manager: User
    engineer: User
    rows: dict[type[models.Model], set[int]] = field(default_factory=dict)

    def of(self, model: type[models.Model]) -> models.QuerySet[Any]:
        return model._base_manager.filter(pk__in=self.rows.get(model, set()))


@dataclass(frozen=True)
class World:
    people: dict[Role, User]
    ours: Side
    theirs: Side


def build(people: dict[Role, User] | None = None) -> World:
    picture = default_storage.save("company/logo.gif", ContentFile(GIF))
    Company.objects.update(name="Weibao Ltd", logo=picture, sender_email="us@example.com")
    people = people or {role: UserFactory(username=role.value, role=role) for role in Role}
    ours = _side("Quagga", people[Role.MANAGER], people[Role.ENGINEER])
    rival = UserFactory(username="rival", role=Role.MANAGER)
    theirs = _side("Zebra", rival, UserFactory(username="stranger", role=Role.ENGINEER))
    note_access(Access.Kind.LOGIN, by=people[Role.ADMINISTRATOR], at=AT, name="administrator", address="192.0.2.1")
    # The newest one, whose number is continued where a new contract is made.
    ContractFactory(number="HT-2026-0099")
    for side in (ours, theirs):
        side.rows[PendingChange] = _changes(side)
    ours.rows[Job] = {_job(user, ours.mark) for user in people.values()}
    theirs.rows[Job] = {_job(rival, theirs.mark)}
    for user in User.objects.all():
        for page in PAGES.values():
            screens.keep_favourite(by=user, page=page.slug, name=f"of {user.pk}", query="q=x", shared=False)
    _hang_on_the_house(people[Role.ADMINISTRATOR])
    # An address that is dead is dead for everybody who writes to it.
    record_bounce(email="gone@example.org", by=people[Role.DIRECTOR], at=AT)
    run_day(on=ON, by=people[Role.DIRECTOR], at=AT)
    return World(people, ours, theirs)


def _changes(side: Side) -> set[int]:
    """What a second person must agree to: other terms of a contract, and other rights of a person."""
    contract = side.of(Contract).order_by("pk")[0]
    asked = [
        ("contract_terms", contract, ChangeStatus.WAITING, {"project": [contract.project, f"{side.mark} project"]}),
        ("contract_terms", contract, ChangeStatus.UNCONFIRMED, {"project": [contract.project, f"{side.mark} project"]}),
        ("rights", side.engineer, ChangeStatus.WAITING, {"role": ["engineer", "manager"]}),
    ]
    made = [
        PendingChange(kind=kind, target=target, status=status, asked_by=side.manager, asked_at=AT, changes=changes)
        for kind, target, status, changes in asked
    ]
    for change in made:
        change.save()
    return {int(change.pk) for change in made}


def _job(user: User, mark: str) -> int:
    """A list that this person had written, still to be fetched."""
    job = Job(
        kind="export_list", subject=f"{mark} list", by=user, language="en", mark=mark, status="done", created_at=AT
    )
    job.parameters = {"page": "contracts", "query": "", "kind": "csv"}
    job.outcome, job.file_name, job.delete_after = {"columns": []}, f"{mark}.csv", AT + timedelta(days=7)
    job.file.save(f"{mark}.csv", ContentFile(mark.encode()), save=True)
    return int(job.pk)


def _side(mark: str, manager: User, engineer: User) -> Side:
    before = _keys()
    _fill(mark, manager, engineer)
    side = Side(mark, manager, engineer)
    side.rows = {model: keys - before[model] for model, keys in _keys().items()}
    _hang_on(side)
    side.rows = {model: keys - before[model] for model, keys in _keys().items()}
    return side


def _keys() -> dict[type[models.Model], set[int]]:
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in apps.get_models()}


def _fill(mark: str, manager: User, engineer: User) -> None:
    """Contracts in every stage: signed, with a draft, with a sent quote, invoiced, issued and partly paid."""
    customer = CustomerFactory(name=f"{mark} Waterworks", address=f"{mark} Street 1")
    contact = ContactFactory(customer=customer, name=f"{mark} Wang", email=f"{mark.lower()}@example.org")
    title = TitleFactory(customer=customer, name=f"{mark} Waterworks", tax_number="91310000MA1K35XU7L")
    number = iter(range(1, 99))

    def made(on: date | None) -> Contract:
        values = {
            "number": f"{next(number)}-{mark}", "project": f"{mark} dispatching", "amount": AMOUNT, "manager": manager,
            "engineer": engineer, "customer": customer, "contact": contact, "title": title, "note": f"{mark} note",
        }  # fmt: skip
        return accepted(on, planned_on=ON, **values) if on else signed(**values)

    year_ago = date(2026, 1, 15)
    made(None)
    drafted(made(year_ago))
    amended = made(year_ago)
    sent(amended)
    amend_contract(
        contract=amended, by=manager, at=AT, on=ON,
        values={"signed_on": ON, "effective_on": ON + timedelta(days=600), "amount": amended.amount * 2,
                "number": f"{mark}-A", "note": f"{mark} amendment"},
    )  # fmt: skip
    visited(made(year_ago), mark, engineer)
    for step in ("draft", "requested", "paid"):
        _invoice(made(year_ago), step, manager)
    ended = made(year_ago)
    _invoice(ended, "paid", manager)
    terminate_contract(contract=ended, on=ON, reason=f"{mark} gave up", by=manager, at=AT)
    _request(made(year_ago), mark, manager, engineer)
    _visit(mark, manager, engineer)
    promised(made(year_ago), mark, manager, engineer)
    _ledger(mark, manager, AMOUNT)
    _ledger(f"{mark} 2", User.objects.get(role=Role.ADMINISTRATOR), "111.11")
    screens.keep_favourite(by=manager, page="contracts", name=f"{mark} favourite", query=f"q={mark}", shared=False)


def _invoice(contract: Contract, until: str, manager: User) -> None:
    quote = sent(contract)
    decisions.accept_quote(quote=quote, by=manager, at=AT, on=ON, name="Ms Wang")
    invoice = invoices_of(quote).get()
    if until == "draft":
        return
    invoices.request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    if until == "requested":
        return
    finance = User.objects.get(role=Role.FINANCE)
    number = f"2631200000{contract.pk:010d}"
    invoices.issue_invoice(invoice=invoice, tax_invoice_number=number, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    invoices.record_payment(
        invoice=invoice, amount=cny("123456.78"), paid_on=ON, reference="B1", by=finance, at=AT, on=ON
    )
    crediting.credit_invoice(
        invoice=invoice, ground="allowance", amount=cny("98765.43"), credited_on=ON, tax_invoice_number="", reason="agreed",
        by=finance, at=AT, on=ON,
    )  # fmt: skip
    exports.export_invoices(
        invoices=Invoice.objects.filter(pk=invoice.pk), file_format="xlsx", by=finance, at=AT, on=ON
    )


def _request(contract: Contract, mark: str, manager: User, engineer: User) -> None:
    for title in ("is down", "is down again"):
        take_request(
            contract=contract, reported_at=AT, by=manager, at=AT,
            values={
                "title": f"{mark} {title}", "system": f"{mark} pumps", "caller": f"{mark} Zhou",
                "request_class": "critical", "assignee": engineer,
            },
        )  # fmt: skip


def _visit(mark: str, manager: User, engineer: User) -> None:
    """Two planned visits, one of them for a request, with a part; and the price of a request's work."""
    request = ServiceRequest.objects.filter(title__startswith=mark).latest("pk")
    desk = User.objects.get(role=Role.SERVICE_MANAGER)
    for days, whose in ((1, {"request": request}), (2, {"contract": request.contract})):
        start = AT + timedelta(days=days)
        values = {
            "planned_at": start, "planned_until": start + timedelta(hours=1), "engineer": engineer,
            "title": f"{mark} visit", "address": f"{mark} Street 1", "contact_name": f"{mark} Zhou",
        }  # fmt: skip
        visit = visits.plan_visit(**whose, values=values, by=desk, at=AT)
        part = {"name": f"{mark} disk", "old_serial": f"{mark}-1"}
        visits.save_visit_part(part=VisitPart(visit=visit), values=part, by=desk, at=AT)
    line = {"text": f"{mark} price", "amount": cny("4321.00"), "agreed_on": None, "agreed_by": ""}
    for each in ServiceRequest.objects.filter(contract=request.contract):
        prices.save_price(line=PriceLine(request=each), values=line, by=manager, at=AT)


def _ledger(mark: str, by: User, amount: str) -> None:
    """A file on its way in: one row that asks a question, one whose fee is above the cap."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["合同编号", "客户名称", "合同金额", "签订日期", "终验日期", "年维保费", "什么"])
    book.active.append([f"{mark}-L1", f"{mark} Ledger", amount, "2025-01-10", "26.3.5", "", amount])
    book.active.append([f"{mark}-L2", f"{mark} Ledger", amount, "2025-01-10", "2025-03-05", amount, ""])
    content = io.BytesIO()
    book.save(content)
    upload = SimpleUploadedFile(f"{mark}.xlsx", content.getvalue())
    imports.upload_ledger(file=upload, on=ON, by=by, at=AT)
    work_off_jobs(lambda: AT)


def _hang_on(side: Side) -> None:
    """Something on every record that may have something, and the papers that left the house, with their mails."""
    for page in PAGES.values():
        for target in side.of(page.model).order_by("pk") if page.chatter else []:
            _hang(target, side.mark, side.manager)
    for quote in side.of(RenewalQuote).filter(status="sent"):
        paper = document_for("renewals.renewal_quote", quote.pk, at=AT)
        for mail in side.of(OutgoingMail).filter(kind="renewal_quote", target_id=quote.pk):
            mail.documents.add(paper)
    for report in side.of(FulfilmentReport):
        document_for("service.fulfilment_report", report.pk, at=AT)
        document_for("warranty.acceptance_certificate", report.contract_id, at=AT)
    for invoice in side.of(Invoice).filter(status="part_paid"):
        document_for("billing.payment_request", invoice.pk, at=AT)


def _hang_on_the_house(by: User) -> None:
    """The same on the records that belong to no account manager."""
    for page in PAGES.values():
        if page.chatter and page.model in (CheckList, Company, SlaPolicy, TaxRate, CommitmentTemplate):
            _hang(page.model._base_manager.first(), "Weibao", by)


def _hang(target: Any, mark: str, by: User) -> None:
    """A message, a to-do, a file and an event."""
    write_message(target=target, text=f"{mark} said this", by=by, at=AT)
    write_todos([make_todo(target, kind="note", due_on=ON, at=AT, assignee=by, text=f"{mark} to do")])
    for name, commercial in ((f"{mark}.pdf", None), (f"{mark} open.pdf", False)):
        upload = SimpleUploadedFile(name, PDF + name.encode())
        add_attachment(target=target, upload=upload, by=by, at=AT, commercial=commercial)
    record(target, "note", by=by, at=AT, note=f"{mark} event")
