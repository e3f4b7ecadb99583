"""The main chain as its people walk it: ledger, acceptance, quote, the customer's yes, invoice, export."""

import io
import re

import openpyxl
import pytest
from dateutil.relativedelta import relativedelta

from base.company import clock
from base.jobs.work import work_off_jobs
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from billing.models import ExportBatch, Invoice
from contracts.models import Contract
from renewals.models import RenewalQuote
from tests.access.world import PDF
from tests.browser import ledger
from tests.browser.conftest import PASSWORD
from warranty.models import LedgerImport

CERTIFICATE = {"name": "终验证书.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.mark.parametrize(
    ("language", "narrow"), [("zh-hans", False), ("zh-hans", True), ("en", False)], ids=["zh-1440", "zh-390", "en-1440"]
)
def test_from_ledger_to_export(house, open_window, language, narrow):
    manager = open_window(language=language, narrow=narrow, name="manager")
    log_in(manager, house.people["manager"])
    # Sixty days before the free year ends: the season for a renewal.
    accepted_on = house.day + relativedelta(days=60) - relativedelta(months=12)
    import_ledger(manager, house, accepted_on)
    find(manager)
    accept_finally(manager, accepted_on)
    quote = send_quote(manager)
    customer = open_window(language=language, narrow=narrow, name="customer")
    say_yes(customer, house, quote)
    request_invoice(manager, quote)
    finance = open_window(house.people["finance"], language=language, narrow=narrow, name="finance")
    export(finance, house, quote)


def log_in(screen, person):
    person.set_password(PASSWORD)
    person.save()
    screen.go("/")
    screen.page.get_by_label(screen.say("User name or email")).fill(person.username)
    screen.page.locator("input[type=password]").fill(PASSWORD)
    screen.press("Log in")
    screen.step("home")


def import_ledger(screen, house, accepted_on):
    page = screen.page
    screen.go("/imports/new/")
    screen.step("import-new")
    page.locator("input[type=file]").set_input_files(
        ledger.write_ledger(house.folder / "台账.xlsx", accepted_on=accepted_on)
    )
    page.locator("form.sheet-form button.btn-primary").click()
    screen.settle()
    work_off_jobs(clock.now)
    page.get_by_role("heading", name=screen.say("Which column holds what?")).wait_for()
    screen.step("import-columns")

    # A heading nobody has seen: the person says what it holds.
    row = page.locator("tr", has_text=ledger.UNKNOWN)
    assert ledger.WHO in row.inner_text()
    row.locator("select").select_option("manager")
    screen.press("Next step")
    work_off_jobs(clock.now)
    page.get_by_role("heading", name=screen.say("What is meant here?")).wait_for()
    screen.step("import-questions")

    # A date that can be read in two ways: the likely one is proposed.
    question = page.locator("fieldset.question", has_text=ledger.DOUBTFUL)
    assert "25.3.5" in question.inner_text()
    assert question.locator("input[type=date]").input_value() == "2025-03-05"
    screen.press("Next step")
    work_off_jobs(clock.now)
    page.get_by_role("heading", name=screen.say("What would change")).wait_for()
    rejected = page.locator("#rejected")
    assert ledger.BAD in rejected.inner_text() or "面议" in rejected.inner_text()
    assert page.locator("#new tr.line").count() == 3
    screen.step("import-preview")

    page.locator("form button.btn-primary").click()
    screen.settle()
    screen.step("import-running")
    work_off_jobs(clock.now)
    page.get_by_role("heading", name=screen.say("The ledger is imported")).wait_for()
    screen.step("import-result")
    rows = workbook(screen.download(page.get_by_role("link", name=screen.say("Rejected rows as a workbook"))))
    assert any(ledger.BAD in row for row in rows)
    assert not any(ledger.TO_RENEW in row for row in rows)
    assert LedgerImport.objects.get().result["created"] == 3
    assert set(Contract.objects.values_list("manager__display_name", flat=True)) == {ledger.WHO}


def find(screen):
    """By two characters of the customer's name in the list, by its initials from anywhere."""
    page = screen.page
    screen.go("/contracts/")
    screen.step("contracts")
    box = page.locator("[data-search]")
    box.fill("城投")
    box.press("Enter")
    page.locator(".facet").wait_for()
    screen.settle()
    assert page.locator("tr.line").count() == 1
    assert ledger.TO_ACCEPT in page.locator("tr.line").inner_text()
    screen.step("found-in-list")

    search = page.locator("#global-search")
    if not search.is_visible():
        page.locator(".topbar-search").click()
    search.press_sequentially("shct")
    hit = page.locator("#hits a.hit", has_text=ledger.TO_ACCEPT)
    hit.wait_for()
    screen.step("found-by-initials")
    hit.click()
    screen.settle()
    assert page.locator("h1, .sheet-title").first.is_visible()


def accept_finally(screen, accepted_on):
    page = screen.page
    screen.step("contract-before")
    screen.follow("Record final acceptance")
    dialog = screen.dialog
    screen.field("final acceptance on", within=dialog).or_(dialog.locator("[name=accepted_on]")).first.fill(
        accepted_on.isoformat()
    )
    dialog.locator("input[type=file]").set_input_files(CERTIFICATE)
    screen.step("accept-dialog")
    screen.carry_out()
    screen.step("accepted")

    assert page.locator(".chatter-files", has_text="终验证书.pdf").is_visible()
    screen.tab("Maintenance terms")
    assert page.locator("#tab-body tr.line").count() == 1
    screen.step("terms")
    screen.tab("Plan")
    assert page.locator("#tab-body tr.line").count() > 5
    screen.step("plan")
    assert page.locator("svg line.today").count() == 1
    assert "605,961.81" in page.locator(".life-cap").inner_text()


def send_quote(screen):
    page = screen.page
    screen.follow("Renewal quote")
    screen.step("quote-dialog")
    screen.dialog.locator("footer .btn-primary").click()
    screen.dialog.locator(".preview").wait_for()
    assert "605,961.81" in screen.dialog.inner_text()
    screen.step("quote-preview")
    screen.carry_out()
    quote = RenewalQuote.objects.get()
    if "/quotes/" not in page.url:
        screen.tab("Quotes")
        screen.step("quotes-of-contract")
        page.locator("#tab-body a", has_text=quote.number).first.click()
        screen.settle()
    screen.step("quote-draft")
    screen.follow("Send by mail")
    screen.step("send-dialog")
    screen.carry_out()
    screen.step("quote-sent")
    mail = OutgoingMail.objects.get(kind="renewal_quote")
    assert (mail.to_email, mail.status) == ("chen@example.org", "queued")
    screen.tab("Mails")
    assert "chen@example.org" in page.locator("#tab-body").inner_text()
    screen.step("quote-mails")
    quote.refresh_from_db()
    assert quote.status == "sent"
    return quote


def say_yes(screen, house, quote):
    page = screen.page
    mail = OutgoingMail.objects.get(kind="renewal_quote")
    link = re.search(rf"{house.base}(/q/\S+/)", words_of(mail))[1]
    screen.go(link if screen.language == "zh-hans" else f"{link}?lang=en")
    assert "605,961.81" in page.locator("main").inner_text()
    screen.step("offer")
    with screen.expecting(422):
        page.locator("#answer button.button").first.click()
        page.locator("#answer .error").first.wait_for()
        screen.step("offer-unfinished")
    page.locator("#answer input[name=name]").first.fill("陈工")
    page.locator("#answer input[name=agree]").check()
    page.locator("#answer button.button").first.click()
    page.get_by_role("heading", name=screen.say("Accepted. Thank you!")).wait_for()
    screen.step("accepted")
    screen.go(link if screen.language == "zh-hans" else f"{link}?lang=en")
    assert page.locator("#answer").count() == 0
    screen.step("looked-at-again")
    quote.refresh_from_db()
    assert (quote.status, quote.decided_by_name) == ("accepted", "陈工")


def request_invoice(screen, quote):
    page = screen.page
    screen.go(f"/contracts/{quote.contract_id}/")
    screen.step("contract-renewed")
    screen.tab("Invoices")
    screen.step("invoices-of-contract")
    invoice = Invoice.objects.get()
    page.locator("#tab-body a", has_text=invoice.number).first.click()
    screen.settle()
    assert "605,961.81" in page.locator("#sheet").inner_text()
    screen.step("invoice-draft")
    screen.follow("Request")
    screen.carry_out()
    screen.step("invoice-requested")
    invoice.refresh_from_db()
    assert invoice.status == "requested"


def export(screen, house, quote):
    page = screen.page
    screen.go("/invoices/?quick=to_issue")
    screen.step("invoices-to-issue")
    page.locator("input[name=id]").check()
    screen.page.locator("[data-bulkbar]").get_by_role("button", name=screen.label("Export for finance")).or_(
        screen.page.locator("[data-bulkbar] button", has_text=screen.say("Export for finance"))
    ).first.click()
    screen.dialog.locator("footer .btn-primary").wait_for()
    screen.step("export-dialog")
    screen.carry_out()
    screen.step("exported")
    batch = ExportBatch.objects.get()
    screen.go(f"/exports/{batch.pk}/")
    screen.step("export-sheet")
    data = screen.download(page.locator("#sheet a[download]").first)
    head, row = workbook(data)
    line = dict(zip(head, row, strict=True))
    assert line["开票申请号"] == Invoice.objects.get().number
    assert float(line["金额（含税）"]) == 605961.81
    assert screen.download(page.locator("#sheet a[download]").first) == data


def workbook(data):
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
