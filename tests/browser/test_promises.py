"""What was promised beside faults: the customer's word behind a link, how content they are, and a year told on paper."""

import io
import re
from datetime import datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfReader

from base.accounts.models import Role
from base.documents.models import Document
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from service import operations
from service.models import Delivery, FulfilmentReport, ManagerChange, RemoteAccess, ServiceRequest, Survey
from service.promises import commitments, surveys
from tests.access.world import PDF
from tests.chain import accepted
from tests.factories import ContactFactory, CustomerFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

HOUR = timedelta(hours=1)


@pytest.fixture
def signed_with(house):
    """Makes a contract in its free year, with a project manager and somebody who is written to in a language."""

    def made(language):
        customer = CustomerFactory(name="上海城投水务集团", language=language)
        day = house.day - relativedelta(months=11)
        contract = accepted(
            day, number="XS-1", project="智慧水厂一期", customer=customer, project_manager="张磊",
            contact=ContactFactory(customer=customer, name="陈工"), manager=house.people[Role.MANAGER],
            engineer=house.people[Role.ENGINEER], signed_on=day - timedelta(days=300), go_live_on=day - timedelta(days=90),
        )  # fmt: skip
        commitments.write_commitments(contract=contract, by=contract.manager, at=at(day))
        return contract

    return made


@pytest.fixture
def taken(house):
    """Makes a request reported a while ago, for the engineer."""

    def made(contract, reported_at, **values):
        given = {"request_class": "general", "title": "报表打不开", "system": "报表", "caller": "陈工"} | values
        given["assignee"] = house.people[Role.ENGINEER]
        desk = house.people[Role.SERVICE_MANAGER]
        return operations.take_request(
            contract=contract, values=given, reported_at=reported_at, by=desk, at=reported_at
        )

    return made


def at(day):
    """Ten in the morning."""
    return timezone.make_aware(datetime.combine(day, time(10)))


def link_in(mail, house):
    """The path of the link in a mail."""
    [found] = re.findall(rf"{re.escape(house.base)}(/[cs]/[^\s]+)", words_of(mail))
    return found


# --- another project manager ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "narrow"), [("zh-hans", False), ("en", True)], ids=["zh-1440", "en-390"])
def test_another_project_manager(house, open_window, signed_with, language, narrow):
    contract = signed_with(language)
    manager = open_window(house.people[Role.MANAGER], language=language, narrow=narrow, name="manager")
    ask_for_another(manager, contract)
    path = link_in(OutgoingMail.objects.get(kind="manager_change_asked"), house)
    agree_by_name(open_window(language=language, narrow=True, name="customer"), path, "何敏")
    manager.go(f"/contracts/{contract.pk}/")
    manager.step("changed")
    shown = manager.page.locator("#sheet").inner_text()
    assert "何敏" in shown
    assert "张磊" not in shown
    manager.go(f"/manager-changes/{ManagerChange.objects.get().pk}/")
    manager.step("change-in-effect")


def ask_for_another(screen, contract):
    screen.go(f"/contracts/{contract.pk}/")
    screen.step("contract")
    screen.move("Change project manager")
    dialog = screen.dialog
    dialog.locator("[name=incoming]").fill("何敏")
    dialog.locator("[name=reason]").fill("原项目经理调往外地")
    dialog.locator("[name=qualification]").fill("高级项目经理，十年政务项目经验")
    screen.step("ask")
    screen.carry_out()
    screen.step("asked")


def agree_by_name(screen, path, shows):
    """The customer looks, forgets to tick, agrees; and finds it answered when the mail is opened again."""
    page = screen.page
    screen.go(path)
    assert shows in page.locator("main").inner_text()
    screen.step("question")
    page.locator("#agree-name").fill("王主任")
    with screen.expecting(422):
        page.locator("#answer form .button").first.click()
        page.locator("#agree-error").wait_for()
        screen.step("not-ticked")
    assert page.locator("#agree-name").input_value() == "王主任"
    page.locator("#answer [name=agree]").check()
    page.locator("#answer form .button").first.click()
    page.get_by_role("heading", name=screen.say("Agreed. Thank you!")).wait_for()
    screen.step("agreed")
    screen.go(path)
    assert screen.say("%(who)s agreed for your organisation.", who="王主任") in page.locator("main").inner_text()
    assert not page.locator("#answer").count()
    screen.step("answered-before")


# --- how content the customer is --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "narrow"), [("zh-hans", True), ("en", False)], ids=["zh-390", "en-1440"])
def test_a_customer_who_is_not_content(house, open_window, signed_with, taken, language, narrow):
    request = taken(signed_with(language), house.now - 4 * HOUR)
    operations.resolve_request(
        request=request, solution="已重启报表服务。", by=house.people[Role.ENGINEER], at=house.now - HOUR
    )
    operations.close_request(request=request, by=house.people[Role.SERVICE_MANAGER], at=house.now)

    customer = open_window(language=language, narrow=True, name="customer")
    page = customer.page
    path = link_in(OutgoingMail.objects.get(kind="survey_asked"), house)
    customer.go(path)
    customer.step("how-content")
    with customer.expecting(422):
        page.locator("#answer .button").click()
        page.locator("#score-error").wait_for()
        customer.step("no-score")
    page.locator("[name=score][value='2']").check()
    page.locator("[name=comment]").fill("等了三个小时才有人回复。")
    customer.step("score")
    page.locator("#answer .button").click()
    page.get_by_role("heading", name=customer.say("Thank you for your answer!")).wait_for()
    customer.step("thanks")
    complaint = ServiceRequest.objects.get(request_class="complaint")
    assert complaint.number in page.locator("main").inner_text()

    desk = open_window(house.people[Role.SERVICE_MANAGER], language=language, narrow=narrow, name="desk")
    desk.go("/requests/?quick=open")
    row = desk.page.locator("tr.line", has_text=complaint.number)
    row.wait_for()
    desk.step("requests")
    row.locator("a").first.click()
    desk.page.locator("#sheet").wait_for()
    desk.settle()
    assert "等了三个小时才有人回复。" in desk.page.locator("#sheet").inner_text()
    desk.tab("Clock")
    desk.step("complaint")
    assert complaint.resolve_by or complaint.respond_by
    desk.go(f"/surveys/{Survey.objects.get().pk}/")
    desk.step("survey")
    desk.go("/satisfaction/")
    desk.step("satisfaction")


# --- onto the customer's system ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"], ids=["zh-390", "en-390"])
def test_onto_the_customers_system(house, open_window, signed_with, taken, language):
    request = taken(signed_with(language), house.now - HOUR)
    phone = open_window(house.people[Role.ENGINEER], language=language, narrow=True, name="engineer")
    ask_for_access(phone, request)
    access = RemoteAccess.objects.get()
    # Shut, with the reason, until the customer has said yes.
    assert phone.button("Start a session").is_disabled()
    path = link_in(OutgoingMail.objects.get(kind="access_asked"), house)
    agree_by_name(open_window(language=language, narrow=True, name="customer"), path, "重建检索索引")

    phone.go(f"/access/{access.pk}/")
    phone.step("agreed")
    phone.follow("Start a session")
    phone.carry_out()
    phone.step("on-the-system")
    phone.follow("End the session")
    phone.dialog.locator("[name=done]").fill("索引已重建，检索恢复。")
    phone.carry_out()
    phone.tab("Log")
    phone.step("log")
    log = phone.page.locator("#tab-body").inner_text()
    assert "索引已重建，检索恢复。" in log
    assert "周强" in log
    assert access.sessions.get().ended_at is not None


def ask_for_access(screen, request):
    screen.go(f"/requests/{request.pk}/")
    screen.move("Remote access")
    dialog, now = screen.dialog, timezone.localtime()
    assert dialog.locator("[name=system]").input_value() == "报表"
    dialog.locator("[name=purpose]").fill("重建检索索引")
    dialog.locator("[name=starts_at]").fill(f"{now:%Y-%m-%dT%H:%M}")
    dialog.locator("[name=ends_at]").fill(f"{now + 2 * HOUR:%Y-%m-%dT%H:%M}")
    screen.step("ask")
    screen.carry_out()
    screen.step("asked")


# --- a year on paper --------------------------------------------------------------------------------------------------


@pytest.fixture
def year(house, signed_with, taken):
    """Makes a contract with a year behind it: kept and broken, visited, taught, and praised."""

    def made(language):
        contract = signed_with(language)
        good = taken(contract, at(house.ago(days=90)), title="查询变慢")
        late = taken(contract, at(house.ago(days=60)), title="系统无法登录", request_class="critical")
        for request, hours in ((good, 1 / 4), (late, 30)):
            engineer, done = house.people[Role.ENGINEER], request.reported_at + hours * HOUR
            operations.answer_request(request=request, text="已收到，正在排查。", by=engineer, at=done)
            operations.resolve_request(request=request, solution="已修复。", by=engineer, at=done + 40 * HOUR)
            operations.close_request(request=request, by=house.people[Role.SERVICE_MANAGER], at=done + 48 * HOUR)
        survey = Survey.objects.get(request=good)
        surveys.answer_survey(
            survey=survey, score=5, comment="服务很好", name="陈工", by=None, at=survey.asked_at + HOUR
        )
        inspect(house, contract)
        teach(house, contract)
        return contract

    return made


def inspect(house, contract):
    inspection = Inspection.objects.get(action__contract=contract, action__step="1")
    visited = house.day - relativedelta(months=6)
    report_inspection(
        inspection=inspection, visited_on=visited, result=InspectionResult.NORMAL, findings="",
        by=house.people[Role.SERVICE_MANAGER], at=at(visited), on=visited,
    )  # fmt: skip


def teach(house, contract):
    given = house.day - relativedelta(months=5)
    values = {
        "contract": contract, "kind": "training", "title": "管理员培训", "first_day": given, "last_day": given, "days": 1,
        "people": 12, "by": house.people[Role.ENGINEER], "file": SimpleUploadedFile("签到表.pdf", PDF),
    }  # fmt: skip
    engineer = house.people[Role.ENGINEER]
    commitments.save_delivery(delivery=Delivery(), values=values, by=engineer, at=at(given), on=given)


@pytest.mark.parametrize(("language", "narrow"), [("zh-hans", False), ("en", True)], ids=["zh-1440", "en-390"])
def test_a_year_on_paper(house, open_window, year, language, narrow):
    contract = year(language)
    manager = open_window(house.people[Role.MANAGER], language=language, narrow=narrow, name="manager")
    look_at_promises(manager, contract)
    made = make_report(manager, contract)
    paper = read_paper(manager, made)
    english = language == "en"
    for promise in contract.commitments.all():
        assert squeezed(promise.text_en if english and promise.text_en else promise.text) in paper, promise
    for words in (made.number, "上海城投水务集团", "合作愉快的一年。", "管理员培训", "系统无法登录", "服务很好"):
        assert words in paper, words
    hand_over(manager, made)


def look_at_promises(screen, contract):
    screen.go(f"/contracts/{contract.pk}/?tab=promises")
    screen.step("promises")
    for tab in ("Requests", "Visits", "Papers"):
        screen.tab(tab)
        screen.step(tab.lower())


def make_report(screen, contract):
    screen.move("Fulfilment report")
    screen.dialog.locator("[name=summary]").fill("合作愉快的一年。")
    screen.step("make")
    screen.carry_out()
    screen.page.wait_for_url("**/reports/*/")
    screen.settle()
    screen.step("report")
    return FulfilmentReport.objects.get(contract=contract)


def read_paper(screen, made):
    """Its text without the spaces that lines and columns bring."""
    screen.tab("Papers")
    address = screen.link("Fulfilment report", within=screen.page.locator("#tab-body")).get_attribute("href")
    data = screen.context.request.get(f"{screen.base}{address}").body()
    assert not Document.objects.exists(), "looking stores nothing"
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def squeezed(text):
    return "".join(text.split())


def hand_over(screen, made):
    screen.follow("Hand over")
    screen.step("hand-over")
    screen.carry_out()
    screen.tab("Papers")
    screen.step("stored")
    [stored] = Document.objects.all()
    assert stored.name in screen.page.locator("#tab-body").inner_text()
    assert not screen.link("Hand over").count(), "it leaves the house once"
