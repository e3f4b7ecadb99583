"""A company's life made by the product's own operations only, so that nothing in it breaks a rule."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from base.accounts.models import Role, User
from base.audit.sealing import seal
from base.chatter.files import add_attachment
from base.company.operations import edit_company
from base.documents.registry import store_document
from base.mail.models import OutgoingMail
from base.mail.queue import cancel_queued_mails
from billing import crediting, invoices
from billing.credits import grant_credit
from billing.exports import export_invoices
from billing.models import Invoice, TaxRate
from contracts.customers import save_customer, save_customer_part
from contracts.models import Contact, Contract, Customer, InvoiceTitle
from contracts.operations import amend_contract, save_contract, terminate_contract
from renewals import decisions, quotes, sending
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from service import operations as desk
from service import prices
from service.checks import entry as checks
from service.checks import findings as notes
from service.checks import signing
from service.checks.enums import Area, CheckState, Outcome
from service.checks.finding_requests import make_request
from service.checks.lists import choose_lists, save_list
from service.models import CheckList, CheckResult, PriceLine, SlaPolicy
from service.policies import write_version
from service.rules import DEFAULT_TABLE
from tests.ops.integrity.days import AT, ON, at, cny, day
from tests.ops.integrity.promises import promised
from warranty.enums import ActionKind, InspectionResult, TermKind
from warranty.inspections import report_inspection
from warranty.models import Inspection
from warranty.operations import add_term, record_acceptance, set_last_day
from warranty.planning.run import run_day


@pytest.fixture
def story(db, settings, tmp_path) -> Path:
    """The folder of the files."""
    settings.MEDIA_ROOT = tmp_path
    tell()
    seal(at=AT)
    connection.check_constraints()  # PostgreSQL alters no table whose references it has yet to check
    return tmp_path


def user(role: Role) -> User:
    return User.objects.create(username=role, display_name=str(role.label), email=f"{role}@example.com", role=role)


def drafted(made: Contract) -> RenewalQuote:
    return quotes.draft_quote(contract=made, by=made.manager, at=AT, on=ON)


def sent(made: Contract) -> RenewalQuote:
    quote = drafted(made)
    sending.send_quote(quote=quote, by=made.manager, at=AT, on=ON)
    return RenewalQuote.objects.get(pk=quote.pk)


def renewed(made: Contract) -> RenewalQuote:
    quote = sent(made)
    decisions.accept_quote(quote=quote, by=made.manager, at=AT, on=ON)
    return RenewalQuote.objects.get(pk=quote.pk)


def contract(number: str, accepted_on: str = "", **values: object) -> Contract:
    """Customer, contact, title and contract, entered by hand; accepted and planned on the day of acceptance."""
    customer = save_customer(customer=Customer(), values={"name": f"Customer of {number}"}, by=None, at=AT)
    save_customer_part(
        part=InvoiceTitle(customer=customer), values={"name": customer.name, "is_default": True}, by=None, at=AT
    )
    contact = save_customer_part(
        part=Contact(customer=customer),
        values={"name": "Ms Wang", "email": f"{number}@example.com".lower()},
        by=None,
        at=AT,
    )
    given = {
        "number": number,
        "customer": customer,
        "contact": contact,
        "amount": cny("500000.00"),
        "signed_on": day("2023-01-10"),
        "manager": User.objects.get(role=Role.MANAGER),
    }
    made = save_contract(contract=Contract(), values=given | values, by=None, at=AT)
    if accepted_on:
        on = day(accepted_on)
        record_acceptance(contract=made, accepted_on=on, by=None, at=at(on), on=on)
    return Contract.objects.get(pk=made.pk)


def tell() -> None:
    director = user(Role.DIRECTOR)
    finance = user(Role.FINANCE)
    manager = user(Role.MANAGER)
    # A test that commits may have emptied the tables before; the usual rates and promises came with a migration.
    if not SlaPolicy.objects.exists():
        policy = SlaPolicy.objects.create(name="default", is_default=True)
        write_version(policy=policy, table=DEFAULT_TABLE, valid_from=day("2000-01-01"), by=None, at=AT)
    TaxRate.objects.create(name="maintenance", rate=Decimal("0.06"), tax_code="304", valid_from=day("2016-05-01"))
    edit_company(values={"name": "Weibao Ltd.", "hotline": "400"}, by=None, at=AT)
    contract("NEW")
    _billed(contract("BILLED", "2025-12-10"), director, finance)
    offer = sent(contract("AMENDED", "2026-01-20", renewal_rate=Decimal("0.1")))
    _gapped(contract("GAPPED", "2023-03-15"))
    _ended(contract("ENDED", "2026-01-05"), director)
    for n, number in enumerate(("OVER", "REFUNDED")):
        _refunded(contract(number, "2025-10-01"), str(n), director, finance)
    terminate_contract(
        contract=contract("ENDING", "2026-01-06"), on=day("2026-12-15"), reason="moves", by=director, at=AT
    )
    _declined(contract("DECLINED", "2025-12-20"), manager)
    _visited(contract("VISITED", "2025-11-30"))
    _inspected(contract("INSPECTED", "2025-12-01"), director)
    promised(contract("PROMISED", "2025-12-02"), director, finance, user(Role.ENGINEER))
    contract("DUE", "2025-12-05")
    _served(contract("SERVED", "2025-11-20"), director)
    run_day(on=ON, by=None, at=AT)
    _amended(offer, director)
    notice = OutgoingMail.objects.filter(kind="inspection_notice").order_by("pk")[0]
    cancel_queued_mails(mails=OutgoingMail.objects.filter(pk=notice.pk), by=None, at=AT)


def _billed(made: Contract, director: User, finance: User) -> None:
    """Renewed, invoiced, part-paid, partly credited, exported."""
    quote = renewed(made)
    invoice = invoices_of(quote).get()
    invoices.request_invoice(invoice=invoice, by=director, at=AT, on=ON)
    invoices.issue_invoice(invoice=invoice, tax_invoice_number="2" * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    invoices.record_payment(
        invoice=invoice, amount=cny("30000.10"), paid_on=ON, reference="bank", by=finance, at=AT, on=ON
    )
    crediting.credit_invoice(
        invoice=invoice,
        ground="allowance",
        amount=cny("1000.20"),
        reason="less done",
        tax_invoice_number="",
        credited_on=ON,
        by=finance,
        at=AT,
        on=ON,
    )
    export_invoices(invoices=Invoice.objects.filter(pk=invoice.pk), file_format="csv", by=finance, at=AT, on=ON)
    store_document(key="paper:1", name="quote.pdf", data=b"%PDF-1.7 a quote", target=quote, at=AT)
    add_attachment(target=made, upload=ContentFile(b"%PDF-1.4 signed", name="signed.pdf"), by=director, at=AT)


def _served(made: Contract, director: User) -> None:
    """A request that was answered, solved and closed, and whose work is to be paid."""
    values = {"title": "Search is down", "request_class": "critical"}
    request = desk.take_request(contract=made, values=values, reported_at=AT, by=director, at=AT)
    desk.answer_request(request=request, text="We look at it.", by=director, at=AT)
    desk.resolve_request(request=request, solution="Restarted", by=director, at=AT)
    agreed = {"text": "Two days", "amount": cny("3000.00"), "agreed_on": AT.date(), "agreed_by": "Mr Li"}
    prices.save_price(line=PriceLine(request=request), values=agreed, by=director, at=AT)
    desk.close_request(request=request, by=director, at=AT)


def _amended(quote: RenewalQuote, director: User) -> None:
    """A sent quote that an amendment leaves standing, and its next version as a draft at the new base."""
    values = {"signed_on": ON, "effective_on": ON, "amount": cny("600000.00")}
    amend_contract(contract=quote.contract, values=values, by=director, at=AT, on=ON)
    quotes.revise_quote(quote=quote, by=director, at=AT, on=ON)


def _gapped(made: Contract) -> None:
    """An end set by hand, a year after it, a gap, and coverage taken up again."""
    free = made.terms.get()
    set_last_day(term=free, last_day=day("2024-03-31"), reason="as agreed", by=None, at=AT, on=ON)
    paid = {"kind": TermKind.PAID, "months": 12, "by": None, "at": AT, "on": ON, "origin": "hand"}
    add_term(contract=made, price=cny("90000.00"), **paid)
    add_term(contract=made, price=cny("100000.00"), first_day=day("2026-05-01"), **paid)


def _ended(made: Contract, director: User) -> None:
    sent(made)
    terminate_contract(contract=made, on=ON, reason="switched off", by=director, at=AT)


def _refunded(made: Contract, digit: str, director: User, finance: User) -> None:
    """Ended within what was invoiced: a credit is proposed, and for one of them granted."""
    invoice = invoices_of(renewed(made)).get()
    invoices.request_invoice(invoice=invoice, by=director, at=AT, on=ON)
    invoices.issue_invoice(invoice=invoice, tax_invoice_number=digit * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    terminate_contract(contract=Contract.objects.get(pk=made.pk), on=ON, reason="moves", by=director, at=AT)
    if made.number == "REFUNDED":
        grant_credit(
            proposal=made.credit_proposals.get(), tax_invoice_number="", credited_on=ON, by=finance, at=AT, on=ON
        )


def _declined(made: Contract, manager: User) -> None:
    decisions.decline_quote(quote=sent(made), reason="too dear", by=manager, at=AT)
    other = contract("CALLED-BACK", "2025-12-21")
    decisions.call_back_quote(quote=drafted(other), reason="wrong", by=manager, at=AT)
    held = contract("HELD", "2025-12-22")
    sending.send_quote(quote=drafted(held), by=manager, at=AT, on=ON, by_mail=False)


def _visited(made: Contract) -> None:
    inspection = Inspection.objects.filter(action__contract=made, action__kind=ActionKind.INSPECTION).order_by(
        "window_first"
    )[0]
    report_inspection(
        inspection=inspection,
        visited_on=date(2026, 5, 20),
        result=InspectionResult.NORMAL,
        findings="",
        by=None,
        at=AT,
        on=ON,
    )


def _inspected(made: Contract, director: User) -> None:
    """Checks filled in, two findings, one a request that was solved, one seen again; the report signed."""
    first, second = Inspection.objects.filter(action__contract=made).order_by("window_first")[:2]
    items = [{"text": "机房温度", "method": "20–25 ℃", "unit": "℃"}]
    save_list(checklist=CheckList(), values={"name": "所检", "area": Area.ENVIRONMENT}, items=items, by=None, at=AT)
    choose_lists(contract=made, lists=CheckList.objects.filter(name="所检"), by=None, at=AT)
    checks.begin_entry(inspection=first, by=director, at=AT)
    check = CheckResult.objects.get(inspection=first)
    entry = checks.Entry(CheckState.ABNORMAL, "31", "", check.version)
    checks.fill_in_item(inspection=first, area=Area.ENVIRONMENT, entries={check.pk: entry}, by=director, at=AT)
    hot, loud = (
        notes.write_finding(inspection=first, values={"text": text, "check_result": check}, by=director, at=AT)
        for text in ("hot", "loud")
    )
    report_inspection(
        inspection=first, visited_on=day("2026-05-21"), result=InspectionResult.MOSTLY_NORMAL, findings="", by=director,
        at=AT, on=ON,
    )  # fmt: skip
    request = make_request(finding=hot, by=director, at=AT, on=ON)
    desk.resolve_request(request=request, solution="Cooled", by=director, at=AT)
    notes.review_finding(finding=loud, inspection=second, outcome=Outcome.STILL, note="", by=director, at=AT, seen=None)
    signing.sign_inspection(
        report=signing.number(inspection=first, by=director, at=AT, on=ON),
        signatures=signing.Signatures("Ms Wang", paper=ContentFile(b"%PDF-1.4 signed", name="signed.pdf")),
        name="report.pdf", data=b"%PDF-1.7 a report", by=director, at=AT,
    )  # fmt: skip
