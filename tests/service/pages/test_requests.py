"""The service desk through its screens."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from base.company.models import Company
from service import operations
from service.models import ServiceRequest
from tests.chain import AT, accepted, day, signed
from tests.service.conftest import HOUR

pytestmark = pytest.mark.django_db


def typed(sold, **changed):
    return {
        "contract": sold.pk, "caller": "Ms Wang", "phone": "139", "channel": "phone", "request_class": "critical",
        "system": "Archive", "title": "Search is down", "description": "Since this morning",
        "reported_at": "2026-11-22T09:30", "assignee": "", "version": "",
    } | changed  # fmt: skip


def move(browser, request, name, **data):
    return browser.post(f"/requests/{request.pk}/move/{name}/", {"asked": 1, **data})


def test_a_call_is_taken_down(enter):
    contract = accepted()
    answer = enter("service_manager").post("/requests/new/", typed(contract))
    request = ServiceRequest.objects.get()
    assert answer["Location"] == f"/requests/{request.pk}/"
    assert (request.title, request.caller, request.contract) == ("Search is down", "Ms Wang", contract)
    assert request.reported_at == AT - timedelta(minutes=30)


def test_what_cannot_be_taken_says_why_and_loses_nothing(enter):
    browser, contract = enter("service_manager"), accepted()
    for field, value in (
        ("reported_at", "2026-11-22T11:00"),
        ("request_class", "minor"),
        ("contract", ""),
        ("title", ""),
    ):
        answer = browser.post("/requests/new/", typed(contract, **{field: value}))
        assert answer.status_code == 422, field
        assert field in answer.context["form"].errors
        assert "Since this morning" in answer.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        (lambda: accepted(), ["free maintenance", "2026-01-15", "critical", "30 min", "6 h", "1 working day"]),
        (lambda: accepted(day("2024-01-15")), ["Not covered", "agree on a price"]),
        (lambda: signed(go_live_on=day("2026-10-01")), ["before final acceptance", "minor", "12 h"]),
    ],
)
def test_what_covers_it_is_shown_before_anything_is_promised(contract, words, enter):
    shown = enter("service_manager").get(f"/requests/coverage/?contract={contract().pk}").content.decode()
    assert [word for word in words if word not in shown] == []


def test_nothing_is_told_of_a_contract_one_may_not_see(enter):
    foreign = accepted()
    for value in (foreign.pk, "", "x", 10**30):
        assert enter("manager").get(f"/requests/coverage/?contract={value}").content.decode().strip() == ""


def test_a_request_through_all_its_moves(enter, taken, engineer):
    request, browser = taken(), enter(engineer)
    move(browser, request, "answer", text="We look at it.")
    move(browser, request, "arrive", arrived_at="2026-11-22T10:00")
    move(browser, request, "pause", reason="Send the log")
    move(browser, request, "resume")
    move(browser, request, "reclassify", request_class="serious", reason="Only some are affected")
    move(browser, request, "resolve", solution="Restarted")
    move(browser, request, "reopen", reason="Down again")
    move(browser, request, "resolve", solution="Replaced the disk")
    assert move(browser, request, "close").status_code == 403, "an engineer does not close"
    move(enter("service_manager"), request, "close")
    request.refresh_from_db()
    assert (request.status, request.request_class, request.response) == ("closed", "serious", "met")
    kinds = list(request.happenings.values_list("kind", flat=True))
    assert kinds == [
        "reported", "answered", "arrived", "paused", "resumed", "reclassified", "resolved", "reopened", "resolved", "closed",
    ]  # fmt: skip


def test_requests_are_given_to_an_engineer_one_by_one_and_together(enter, taken, engineer):
    one, two, browser = taken(assignee=None), taken(assignee=None), enter("service_manager")
    assert move(browser, one, "assign", engineer=engineer.pk).status_code == 302
    browser.post("/requests/bulk/assign/", {"id": [two.pk], "asked": 1, "query": "", "engineer": engineer.pk})
    assert set(ServiceRequest.objects.filter(assignee=engineer)) == {one, two}


def test_the_clock_explains_itself(enter, taken):
    request = taken()
    shown = enter("service_manager").get(f"/requests/{request.pk}/?tab=clock").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "Promised: 1 working day" in text
    assert "the day of the report does not count" in text
    assert "day and night" in text


def test_what_helped_before_is_shown(enter, taken, desk):
    contract = accepted()
    earlier, now = taken(contract), taken(contract)
    operations.resolve_request(request=earlier, solution="Restarted the index", by=desk, at=AT)
    assert "Restarted the index" in enter(desk).get(f"/requests/{now.pk}/?tab=similar").content.decode()


def test_each_sees_what_is_theirs(enter, taken, engineer):
    request = taken()
    for browser, sees in (
        (enter(engineer), True), (enter("engineer"), False), (enter(request.contract.manager), True),
        (enter("manager"), False), (enter("director"), True), (enter("auditor"), True),
    ):  # fmt: skip
        assert browser.get(f"/requests/{request.pk}/").status_code == (200 if sees else 404)
    for role in ("finance", "administrator"):
        assert enter(role).get("/requests/").status_code == 403


@pytest.mark.parametrize(
    "address", ["/requests/", "/requests/?quick=overdue", "/requests/board/", "/requests/?group=status"]
)
def test_as_many_queries_for_three_as_for_one(enter, taken, address, django_assert_max_num_queries):
    browser, contract = enter("service_manager"), accepted()
    taken(contract)
    browser.get(address)
    with django_assert_max_num_queries(40) as few:
        browser.get(address)
    for _n in range(2):
        taken(accepted())
    with django_assert_max_num_queries(len(few)):
        assert browser.get(address).status_code == 200


def test_lists_of_what_presses(enter, taken, desk):
    late = taken(reported_at=AT - timedelta(minutes=31))
    soon = taken()
    done = taken()
    operations.resolve_request(request=done, solution="x", by=desk, at=AT)
    browser = enter(desk)

    def numbers(query):
        return {each.number for each in browser.get(f"/requests/?{query}").context["listing"].records}

    assert numbers("quick=overdue") == {late.number}
    assert soon.number in numbers("quick=soon")
    assert numbers("quick=open") == {late.number, soon.number}
    assert numbers("q=archive") == {late.number, soon.number, done.number}


def test_a_contract_shows_its_requests(enter, taken):
    request = taken()
    shown = enter("director").get(f"/contracts/{request.contract_id}/?tab=requests").content.decode()
    assert request.number in shown


def test_the_promised_times_can_be_read(enter):
    browser = enter("service_manager")
    (policy,) = browser.get("/sla/").context["listing"].records
    shown = browser.get(f"/sla/{policy.pk}/").content.decode()
    assert "2 working days" in shown
    assert "15 min" in shown


def test_a_request_counts_in_the_month_it_was_reported_in_here(enter, taken):
    """Half past midnight in Shanghai is still the day before in London."""
    first = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    november, october = (taken(reported_at=first - span, at=first) for span in (timedelta(0), HOUR))
    browser = enter("service_manager")
    sections = browser.get("/requests/?group=reported_at:month").context["sections"]
    assert [(section.key, section.count) for section, *_rest in sections] == [("2026-11-01", 1), ("2026-10-01", 1)]
    for (_section, query, *_rest), request in zip(sections, (november, october), strict=True):
        assert list(browser.get(f"/requests/?{query}").context["listing"].rows) == [request]


def test_times_are_shown_and_typed_in_the_company_s_time_zone(enter):
    Company.objects.update(time_zone="Asia/Tokyo")
    contract, browser = accepted(), enter("service_manager")
    browser.post("/requests/new/", typed(contract, reported_at="2026-11-22T10:30"))
    request = ServiceRequest.objects.get()
    assert request.reported_at == AT - timedelta(minutes=30)
    sheet = browser.get(f"/requests/{request.pk}/").content.decode()
    assert "10:30" in sheet
    assert "09:30" not in sheet
    Company.objects.update(time_zone="Asia/Shanghai")
    assert "09:30" in browser.get(f"/requests/{request.pk}/").content.decode()


def test_the_home_page_says_how_many_promised_times_were_kept(enter, taken, desk):
    kept, late = taken(), taken(reported_at=AT - HOUR)
    for request in (kept, late):
        operations.answer_request(request=request, text="We look at it", by=desk, at=AT)
    browser = enter("service_manager")
    html = browser.get("/?whole=1").content.decode()
    assert "50.0 %" in html
    links = re.findall(r'<a href="(/requests/\?in=[^"]+)">(\d+)</a>', html)
    assert len(links) > 30
    for href, count in links:
        assert browser.get(unescape(href)).context["listing"].count == int(count), href


def test_the_clocks_stand_above_everything_else_with_what_is_left_and_what_was_promised(enter, taken):
    request = taken()
    html = enter("service_manager").get(f"/requests/{request.pk}/").content.decode()
    strip = html[html.index('class="clocks"') : html.index('class="blocks"')]
    text = " ".join(re.sub(r"<[^>]+>", " ", strip).split())
    assert text.count("left") + text.count("over") == 3
    assert "1 working day" in text
