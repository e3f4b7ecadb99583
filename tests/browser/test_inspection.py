"""An inspection is done on a phone in the machine room, its report signed there, and what it found put right."""

import io
import re

import pytest
from django.utils import timezone
from pypdf import PdfReader

from base.chatter.models import Attachment
from base.documents.models import Document
from service.checks.defaults import DEFAULT_LISTS
from service.models import CheckResult, Finding, InspectionReport, ServiceRequest
from service.operations import resolve_request
from tests.chain import accepted
from tests.factories import ContactFactory, CustomerFactory
from warranty.models import Inspection


@pytest.fixture
def inspection(house):
    """The visit of a window that today lies in."""
    customer = CustomerFactory(name="上海城投水务集团", region="上海", language="zh-hans")
    contract = accepted(
        house.ago(days=60), customer=customer, contact=ContactFactory(customer=customer, name="陈工"),
        project="供水营收管理系统", number="HT-2026-0042", engineer=house.people["engineer"],
        manager=house.people["manager"],
    )  # fmt: skip
    return Inspection.objects.get(action__contract=contract, action__step="1")


@pytest.mark.parametrize(("language", "narrow"), [("zh-hans", True), ("en", False)], ids=["zh-390", "en-1440"])
def test_from_the_machine_room_to_the_signature(house, open_window, inspection, language, narrow):
    engineer = open_window(
        house.people["engineer"], language=language, narrow=narrow, name="engineer", foreign="UPS CPU min SQL ORA ERROR"
    )
    begin(engineer, inspection)
    fill_in(engineer, inspection)
    write_finding(engineer, inspection)
    fill_in_the_rest(engineer, inspection)
    keep_what_was_typed_without_reception(engineer, inspection)
    report(engineer, inspection)
    sign(engineer, inspection)
    read_the_paper(engineer, inspection)
    put_right(engineer, house, inspection)
    count(house, open_window, language, narrow)


def begin(screen, inspection):
    screen.go("/inspections/?quick=mine")
    screen.step("mine")
    screen.go(f"/inspections/{inspection.pk}/")
    screen.step("sheet")
    screen.follow("Fill in the checks")
    screen.step("before")
    screen.press("Begin the checks")
    screen.step("begun")
    assert screen.page.locator("fieldset.check").count() == 51


def fill_in(screen, inspection):
    """Each tap is stored by itself; nothing is loaded anew."""
    page = screen.page
    page.evaluate("() => { window.untouched = true; }")
    first, second = CheckResult.objects.filter(inspection=inspection)[:2]
    box = page.locator(f"#check-{first.pk}")
    box.locator("label.abnormal").click()
    box.locator(f"[name=value-{first.pk}]").fill("31")
    box.locator(f"[name=note-{first.pk}]").fill("空调停机")
    page.locator(f"#check-{second.pk} label.normal").click()
    page.locator("#count-environment", has_text="2/9").wait_for()
    screen.settle()
    screen.step("first-items")
    assert page.evaluate("() => window.untouched")
    first.refresh_from_db()
    assert (first.state, first.value, first.note) == ("abnormal", "31", "空调停机")


def write_finding(screen, inspection):
    page = screen.page
    page.locator(".offer-new:visible").first.click()
    screen.dialog.locator("form").wait_for()
    screen.settle()
    assert "31 ℃" in screen.dialog.locator("[name=text]").input_value()
    screen.dialog.locator("[name=grade][value=serious]").check()
    screen.dialog.locator("[name=advice]").fill("立即检修空调")
    screen.dialog.locator("[name=responsible]").select_option(label="周强")
    screen.step("finding-dialog")
    screen.dialog.locator("footer .btn-primary").click()
    page.locator("#problems .problem").wait_for()
    screen.settle()
    assert not screen.dialog.count()
    assert page.evaluate("() => window.untouched")
    screen.step("finding-written")
    assert Finding.objects.get().grade == "serious"


def fill_in_the_rest(screen, inspection):
    page = screen.page
    for area in page.locator("details.check-area").all():
        if area.get_attribute("open") is None:
            area.locator("summary").click()
        area.locator("button[name=rest]").click()
        area.locator(".number.done").wait_for()
        screen.settle()
    screen.step("all-filled-in")
    assert not CheckResult.objects.filter(inspection=inspection, state="").exists()


def keep_what_was_typed_without_reception(screen, inspection):
    """What could not be sent is there again when the page is, and is stored then."""
    page = screen.page
    last = CheckResult.objects.filter(inspection=inspection).last()
    page.route("**/checks/area/**", lambda route: route.abort("internetdisconnected"))
    page.locator(f"[name=note-{last.pk}]").fill("日志服务器在二楼")
    page.locator(f"[name=note-{last.pk}]").blur()
    screen.said.locator(".alert-danger").wait_for()
    # What a browser says of a line that is dead is meant here, and nothing else.
    assert all("INTERNET_DISCONNECTED" in each or "htmx:" in each for each in screen.complaints)
    screen.complaints.clear()
    page.unroute("**/checks/area/**")
    page.reload()
    page.locator(f"#count-{last.area}").wait_for(state="attached")
    page.wait_for_function(
        "(name) => document.querySelector(`[name=${name}]`).value !== '' && !document.querySelector('.is-unsent')",
        arg=f"note-{last.pk}",
    )
    last.refresh_from_db()
    assert last.note == "日志服务器在二楼"


def report(screen, inspection):
    page = screen.page
    page.locator(".checks-foot a.btn-primary").click()
    screen.dialog.locator("form").wait_for()
    screen.settle()
    assert screen.dialog.locator("[name=result][value=abnormal]").is_checked()
    assert "立即检修空调" in screen.dialog.locator("[name=findings]").input_value()
    screen.step("report-dialog")
    screen.carry_out()
    page.wait_for_url("**/inspections/*/?tab=checks")
    screen.step("reported")
    assert InspectionReport.objects.get().number.startswith("XJ-")


def sign(screen, inspection):
    page = screen.page
    screen.follow("Have it signed")
    screen.dialog.locator("canvas").first.wait_for()
    screen.settle()
    assert screen.dialog.locator("[name=signer]").input_value() == "陈工"
    for pad in screen.dialog.locator("[data-signature]").all():
        pad.scroll_into_view_if_needed()
        box = pad.locator("canvas").bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(box["x"] + 20 + 15 * step, box["y"] + 40 + (20 if step % 2 else -20))
        page.mouse.up()
    screen.step("signed-by-hand")
    screen.carry_out()
    screen.step("signed")
    labels = set(Attachment.objects.values_list("label", flat=True))
    assert labels == {"customer_signature", "engineer_signature"}


def read_the_paper(screen, inspection):
    stored = Document.objects.get()
    with stored.file.open("rb") as file:
        data = file.read()
    # The browser's own request, with its log-in: what the link leads to.
    assert screen.context.request.get(f"{screen.base}/inspections/{inspection.pk}/report/").body() == data
    pages = PdfReader(io.BytesIO(data)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for words in (
        "上海城投水务集团",
        "供水营收管理系统",
        "机房温度",
        "31℃",
        "空调停机",
        "立即检修空调",
        "☑异常",
        "陈工",
    ):
        assert words in text, words
    assert len(pages[-1].images) == 2


def put_right(screen, house, inspection):
    """By one click a request; once that is solved, the finding is closed."""
    finding = Finding.objects.get()
    screen.go(f"/findings/{finding.pk}/")
    screen.step("finding")
    screen.follow("Make it a request")
    screen.step("request-dialog")
    screen.dialog.locator("footer .btn-primary").click()
    screen.page.wait_for_url("**/requests/*/")
    screen.settle()
    request = ServiceRequest.objects.get()
    assert (request.request_class, request.assignee) == ("serious", house.people["engineer"])
    resolve_request(request=request, solution="空调已修复", by=house.people["service_manager"], at=timezone.now())
    screen.go(f"/findings/{finding.pk}/")
    screen.step("put-right")
    assert "空调已修复" in screen.page.locator("#sheet").inner_text()


def count(house, open_window, language, narrow):
    # Lists say each item in both languages.
    english = " ".join(re.findall("[A-Za-z]+", str([(each.name_en, each.items) for each in DEFAULT_LISTS])))
    service = open_window(
        house.people["service_manager"], language=language, narrow=narrow, name="service", foreign=english
    )
    day = Inspection.objects.get(reported_at__isnull=False).action.due_on
    service.go(f"/inspections/completion/?period={day.year}")
    service.step("completion")
    text = service.page.locator(".completion").inner_text()
    assert "周强" in text
    assert "上海" in text
    service.go("/check-lists/")
    service.step("check-lists")
    service.page.locator("tr.line a").first.click()
    service.settle()
    service.step("check-list")
    service.go(service.page.url.replace(service.base, "").split("?")[0] + "edit/")
    service.step("check-list-edit")
