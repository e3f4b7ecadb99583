"""A phone call becomes a request, is answered, waits, goes on, and is solved by a visit that the customer signs on a phone."""

import io
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone
from pypdf import PdfReader

from base.accounts.models import Role
from service.models import ServiceRequest, Visit
from tests.chain import accepted
from tests.factories import ContactFactory, CustomerFactory

PHONE = "0571-5550 0199"


@pytest.fixture
def contract(house):
    """Covered, with somebody who may call."""
    customer = CustomerFactory(name="上海城投水务集团", address="上海市杨浦区许昌路 1 号")
    caller = ContactFactory(customer=customer, name="陈工", phone=PHONE)
    return accepted(
        house.day - relativedelta(months=3), number="XS-1", project="智慧水厂一期", customer=customer, contact=caller,
        manager=house.people["manager"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "narrow"), [("zh-hans", False), ("zh-hans", True), ("en", False)], ids=["zh-1440", "zh-390", "en-1440"]
)
def test_from_call_to_signature(house, open_window, contract, language, narrow):
    desk = open_window(house.people[Role.SERVICE_MANAGER], language=language, narrow=narrow, name="desk")
    engineer = house.people[Role.ENGINEER]
    request = take_call(desk, contract)
    answer_and_wait(desk, engineer)
    visit = plan_visit(desk, engineer)
    phone = open_window(engineer, language=language, narrow=True, name="phone")
    hold(phone, visit)
    have_it_signed(phone, visit)
    solve(desk, request)
    request.refresh_from_db()
    assert (request.status, request.response, request.arrival) == ("solved", "met", "met")
    assert list(request.happenings.values_list("kind", flat=True)) == [
        "reported", "answered", "paused", "resumed", "arrived", "resolved",
    ]  # fmt: skip


def take_call(screen, contract):
    """By the number on the display of the phone, without its dash."""
    page = screen.page
    screen.go("/requests/new/")
    page.locator("#calling").press_sequentially("05715550 0199")
    hit = page.locator("#callers a", has_text="陈工")
    hit.wait_for()
    screen.step("who-calls")
    assert "智慧水厂一期" in hit.inner_text()
    hit.click()
    screen.settle()
    page.locator("#coverage-hint .tag").wait_for()
    assert page.locator("[name=caller]").input_value() == "陈工"
    assert page.locator("[name=phone]").input_value() == PHONE
    page.locator("[name=title]").fill("无法登录")
    page.locator("[name=request_class]").select_option("critical")
    screen.step("call")
    page.locator("form.sheet-form button.btn-primary").click()
    page.locator(".statusbar .moves").wait_for()
    screen.step("request")
    request = ServiceRequest.objects.get()
    assert (request.contract, request.contact) == (contract, contract.contact)
    return request


def answer_and_wait(screen, engineer):
    screen.follow("Assign")
    screen.dialog.locator("[name=engineer]").select_option(str(engineer.pk))
    screen.carry_out()
    screen.follow("Answer")
    screen.dialog.locator("[name=text]").fill("已收到，正在排查。")
    screen.carry_out()
    screen.follow("Wait for the customer")
    screen.dialog.locator("[name=reason]").fill("请提供登录日志。")
    screen.carry_out()
    screen.step("waiting")
    screen.press("Go on")
    screen.step("goes-on")


def plan_visit(screen, engineer):
    screen.follow("Plan a visit")
    now = timezone.localtime()
    dialog = screen.dialog
    assert dialog.locator("[name=engineer]").input_value() == str(engineer.pk)
    assert dialog.locator("[name=address]").input_value() == "上海市杨浦区许昌路 1 号"
    dialog.locator("[name=planned_at]").fill(f"{now:%Y-%m-%dT%H:%M}")
    dialog.locator("[name=planned_until]").fill(f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    screen.step("plan")
    screen.carry_out()
    screen.step("visit")
    screen.go("/service/month/")
    screen.page.locator(".entry-blue[href], .entry-blue a, a.entry-blue").first.wait_for()
    screen.step("month")
    return Visit.objects.get()


def hold(screen, visit):
    page = screen.page
    screen.go("/service/day/")
    stop = page.locator(".stop", has_text=visit.number)
    assert stop.locator("a[href^='tel:']").first.get_attribute("href") == "tel:0571-55500199"
    screen.step("day")
    screen.press("Arrived", within=stop)
    screen.link("Report and leave", within=stop).wait_for()
    screen.step("arrived")
    screen.follow("Parts", within=stop)
    screen.follow("Add a part")
    form = page.locator(".part-form")
    form.locator("[name=name]").fill("内存")
    form.locator("[name=old_serial]").fill("A1")
    form.locator("[name=new_serial]").fill("B2")
    screen.step("part")
    screen.press("Save", within=form)
    page.locator("article.part", has_text="B2").wait_for()
    screen.step("parts")
    screen.go("/service/day/")
    screen.follow("Report and leave")
    dialog = screen.dialog
    dialog.locator("[name=cause]").fill("内存故障")
    dialog.locator("[name=work]").fill("更换内存，重启服务。")
    draw(screen)
    screen.step("report")
    screen.carry_out()


def have_it_signed(screen, visit):
    screen.follow("Have it signed")
    dialog = screen.dialog
    with screen.expecting(422):
        dialog.locator("footer button:not([type=button])").click()
        dialog.locator(".error").first.wait_for()
        screen.step("not-signed-yet")
    dialog.locator("input[value='5']").check()
    draw(screen)
    screen.step("signing")
    screen.carry_out()
    screen.step("signed")
    screen.go(f"/visits/{visit.pk}/")
    screen.step("visit-signed")
    visit.refresh_from_db()
    assert (visit.status, visit.signer, visit.satisfaction) == ("signed", "陈工", 5)
    answer = screen.context.request.get(f"{screen.base}/visits/{visit.pk}/record.pdf")
    [page] = PdfReader(io.BytesIO(answer.body())).pages
    assert len(page.images) == 2, "the engineer's signature and the customer's"
    assert "B2" in page.extract_text()


def draw(screen):
    """A line with a finger across the surface."""
    canvas = screen.dialog.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    mouse, middle = screen.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 20, middle)
    mouse.down()
    for n in range(1, 9):
        mouse.move(box["x"] + 20 + 20 * n, middle + (12 if n % 2 else -12))
    mouse.up()
    assert screen.dialog.locator(".signature input").input_value().startswith("data:image/png")


def solve(screen, request):
    screen.go(f"/requests/{request.pk}/")
    screen.follow("Solved")
    screen.dialog.locator("[name=solution]").fill("已更换内存，恢复正常。")
    screen.carry_out()
    screen.step("solved")
    screen.tab("Visits")
    assert request.visits.get().number in screen.page.locator("#tab-body").inner_text()
    screen.step("visits")
