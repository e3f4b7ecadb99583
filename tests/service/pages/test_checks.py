"""An inspection through its screens: filled in, findings written, reported, signed, counted."""

import base64
import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from base.chatter.models import Attachment
from base.documents.models import Document
from contracts.models import Customer
from service.checks.completion import Stretch
from service.checks.entry import begin_entry
from service.checks.findings import write_finding
from service.models import CheckList, CheckResult, Finding, InspectionReport, ServiceRequest
from tests.chain import AT, ON, accepted
from tests.factories import CustomerFactory, UserFactory
from tests.html import squeezed
from tests.pictures import drawn
from tests.screens import HTMX
from warranty.models import Inspection

pytestmark = pytest.mark.django_db

SIGNATURE = f"data:image/png;base64,{base64.b64encode(drawn(60, 20)).decode()}"


def visits(engineer, **values):
    contract = accepted(date(2026, 1, 15), engineer=engineer, **values)
    return list(Inspection.objects.filter(action__contract=contract).order_by("window_first"))


@pytest.fixture
def browser(enter):
    return enter("engineer")


@pytest.fixture
def inspection(browser):
    return visits(browser.user)[1]


@pytest.fixture
def begun(inspection, browser):
    begin_entry(inspection=inspection, by=browser.user, at=AT)
    return inspection


def items(inspection, area="environment"):
    return list(CheckResult.objects.filter(inspection=inspection, area=area))


def post_area(browser, inspection, typed, area="environment", headers=None, **more):
    data = dict(more)
    for check in items(inspection, area):
        data |= {f"state-{check.pk}": check.state, f"note-{check.pk}": "", f"version-{check.pk}": check.version}
    return browser.post(f"/inspections/{inspection.pk}/checks/area/{area}/", data | typed, headers=headers or {})


def report(browser, inspection, **typed):
    """What nobody judged was fine."""
    CheckResult.objects.filter(inspection=inspection, state="").update(state="normal")
    data = {"asked": 1, "version": inspection.version, "visited_on": "2026-11-20", "result": "normal", "findings": ""}
    return browser.post(f"/inspections/{inspection.pk}/move/report/", data | typed)


def sign(browser, inspection, **typed):
    data = {"asked": 1, "version": inspection.version, "signer": "王工", "customer": SIGNATURE, "engineer": ""}
    return browser.post(f"/inspections/{inspection.pk}/move/sign/", data | typed)


def text_of(pdf):
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def printed(browser, inspection):
    answer = browser.get(f"/inspections/{inspection.pk}/report/")
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# Filled in


def test_it_begins_with_the_lists_that_will_be_filled_in(browser, inspection):
    page = browser.get(f"/inspections/{inspection.pk}/checks/").content.decode()
    assert all(each in page for each in ("Machine room", "Begin the checks"))
    answer = browser.post(f"/inspections/{inspection.pk}/checks/begin/")
    assert answer["Location"] == f"/inspections/{inspection.pk}/checks/"
    assert "Room temperature" in browser.get(answer["Location"]).content.decode()


def test_without_scripts_an_area_is_saved_and_the_page_comes_back_at_it(browser, begun):
    first, second = items(begun)[:2]
    typed = {f"state-{first.pk}": "abnormal", f"value-{first.pk}": "31", f"state-{second.pk}": "normal"}
    answer = post_area(browser, begun, typed)
    assert answer["Location"] == f"/inspections/{begun.pk}/checks/?open=environment#area-environment"
    page = squeezed(browser.get(answer["Location"]))
    assert f'id="state-{first.pk}-abnormal" value="abnormal" autocomplete="off" checked' in page
    assert 'value="31"' in page
    assert "2 of 51" in page


def test_by_htmx_only_what_stands_around_the_inputs_comes_back(browser, begun):
    first = items(begun)[0]
    answer = post_area(browser, begun, {f"state-{first.pk}": "normal"}, headers=HTMX)
    part = squeezed(answer)
    assert f'id="version-{first.pk}" value="1" hx-swap-oob="true"' in part
    assert "1/9" in part
    assert "state-" not in part, "the inputs are left alone: somebody is typing in them"


def test_the_rest_of_an_area_is_normal_by_one_tap(browser, begun):
    answer = post_area(browser, begun, {}, rest="normal", headers=HTMX)
    assert answer["HX-Retarget"] == "#area-environment"
    assert {check.state for check in items(begun)} == {"normal"}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_who_saves_an_item_second_is_told_and_chooses(browser, enter, begun, headers):
    first = items(begun)[0]
    other = enter(UserFactory(role="service_manager", display_name="孙刚"))
    post_area(other, begun, {f"state-{first.pk}": "abnormal", f"note-{first.pk}": "leaks"})
    mine = {f"state-{first.pk}": "normal", f"note-{first.pk}": "dry", f"version-{first.pk}": 0}

    answer = post_area(browser, begun, mine, headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(each in page for each in ("孙刚", "leaks", f'name="mine" value="{first.pk}:1"'))
    assert headers or 'value="dry"' in page
    post_area(browser, begun, mine, headers=headers)
    assert items(begun)[0].note == "leaks"
    post_area(browser, begun, mine, theirs=first.pk, headers=headers)
    assert items(begun)[0].note == "leaks"
    post_area(browser, begun, mine, mine=f"{first.pk}:1", headers=headers)
    assert (items(begun)[0].note, items(begun)[0].by) == ("dry", browser.user)


def test_once_it_is_reported_the_entry_leads_to_what_was_found(browser, begun):
    report(browser, begun)
    answer = browser.get(f"/inspections/{begun.pk}/checks/")
    assert answer["Location"] == f"/inspections/{begun.pk}/?tab=checks"
    assert "Room temperature" in browser.get(answer["Location"]).content.decode()
    assert post_area(browser, begun, {}).status_code in (302, 409)


def test_a_strangers_inspection_is_not_there(enter, begun):
    stranger, finding = enter("engineer"), write_finding(inspection=begun, values={"text": "x"}, by=None, at=AT)
    for address in ("checks/", f"checks/finding/{finding.pk}/", "report/"):
        assert stranger.get(f"/inspections/{begun.pk}/{address}").status_code == 404
    assert post_area(stranger, begun, {}).status_code == 404


def test_the_page_asks_as_often_for_three_findings_as_for_one(browser, begun):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(f"/inspections/{begun.pk}/checks/").status_code == 200
        return len(seen)

    write_finding(inspection=begun, values={"text": "one", "responsible": browser.user}, by=None, at=AT)
    queries()
    once = queries()
    for text in ("two", "three"):
        write_finding(
            inspection=begun, values={"text": text, "responsible": UserFactory(role="engineer")}, by=None, at=AT
        )
    assert queries() == once < 40


# Findings


def test_an_abnormal_item_offers_a_finding_that_says_already_what_is_known(browser, begun):
    first = items(begun)[0]
    post_area(
        browser, begun, {f"state-{first.pk}": "abnormal", f"value-{first.pk}": "31", f"note-{first.pk}": "空调停机"}
    )
    form = browser.get(f"/inspections/{begun.pk}/checks/finding/?check={first.pk}").content.decode()
    assert "机房温度：31 ℃（20–25 ℃）。空调停机" in form

    data = {"asked": 1, "grade": "serious", "text": "机房温度过高", "advice": "修空调", "due_on": "2026-12-01"}
    answer = browser.post(f"/inspections/{begun.pk}/checks/finding/?check={first.pk}", data, headers=HTMX)

    finding = Finding.objects.get()
    assert (finding.check_result, finding.grade, finding.number) == (first, "serious", 1)
    assert answer["HX-Retarget"] == "#problems"
    assert "机房温度过高" in answer.content.decode()


def test_a_finding_without_words_is_asked_for_again_and_loses_nothing(browser, begun):
    data = {"asked": 1, "grade": "general", "text": "", "advice": "修空调"}
    answer = browser.post(f"/inspections/{begun.pk}/checks/finding/", data)
    assert answer.status_code == 422
    assert "修空调" in answer.content.decode()
    assert not Finding.objects.exists()


def test_a_finding_is_changed_and_taken_back(browser, begun):
    finding = write_finding(inspection=begun, values={"text": "old"}, by=None, at=AT)
    address = f"/inspections/{begun.pk}/checks/finding/{finding.pk}/"
    browser.post(address, {"asked": 1, "version": 0, "grade": "advice", "text": "new"})
    assert Finding.objects.get().text == "new"
    assert browser.post(f"{address}take-back/").status_code == 302
    assert not Finding.objects.exists()


def test_a_finding_becomes_a_request_by_one_click(browser, begun):
    finding = write_finding(inspection=begun, values={"text": "UPS is old"}, by=None, at=AT)
    answer = browser.post(f"/findings/{finding.pk}/move/request/", {"asked": 1, "version": 0})
    request = ServiceRequest.objects.get()
    assert answer["Location"] == f"/requests/{request.pk}/"
    assert request.number in browser.get(f"/findings/{finding.pk}/").content.decode()


def test_what_the_last_visit_left_is_looked_at_again(browser):
    first, second = visits(browser.user)
    finding = write_finding(inspection=first, values={"text": "Dust in the racks"}, by=None, at=AT)
    assert report(browser, first, visited_on="2026-06-20").status_code == 422, "a finding is not normal"
    report(browser, first, visited_on="2026-06-20", result="mostly_normal")
    assert "Dust in the racks" in browser.get(f"/inspections/{second.pk}/checks/").content.decode()
    address = f"/inspections/{second.pk}/checks/review/{finding.pk}/"
    answer = browser.post(address, {"outcome": "fixed", "note": "swept", "version": ""}, headers=HTMX)
    assert f'id="review-version-{finding.pk}" value="0"' in squeezed(answer)
    assert browser.post(address, {"outcome": "", "version": "0"}, headers=HTMX).status_code == 204
    finding.refresh_from_db()
    assert (finding.status, second.reviews.get().note) == ("closed", "swept")


# Reported and signed


def test_the_report_is_proposed_from_what_was_found(browser, begun):
    write_finding(inspection=begun, values={"text": "UPS is old", "grade": "serious"}, by=None, at=AT)
    form = browser.get(f"/inspections/{begun.pk}/move/report/").content.decode()
    assert "[严重] UPS is old" in form
    assert 'value="abnormal" class="form-check-input" required id="id_result_2" checked' in form


def test_photos_are_taken_shown_and_removed_where_the_finding_is_written(begun, browser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    address = f"/inspections/{begun.pk}/checks/finding/"
    data = {"asked": 1, "grade": "general", "text": "Dust", "advice": "", "responsible": "", "responsible_name": ""}
    pictures = [SimpleUploadedFile(f"{n}.png", drawn(20 + n, 20)) for n in range(2)]
    browser.post(address, data | {"photos": pictures})
    finding = Finding.objects.get()
    entry = squeezed(browser.get(f"/inspections/{begun.pk}/checks/"))
    shown = re.findall(rf'<img src="(/findings/{finding.pk}/files/\d+/)"', entry)
    assert len(shown) == 2
    picture = browser.get(shown[0])
    assert b"".join(picture.streaming_content).startswith(b"\xff\xd8"), "a JPEG"
    first = Attachment.objects.order_by("pk")[0]
    form = squeezed(browser.get(f"{address}{finding.pk}/"))
    assert f'name="gone" value="{first.pk}"' in form
    no = browser.post(f"{address}{finding.pk}/", data | {"version": 0, "photos": SimpleUploadedFile("a.jpg", b"x")})
    assert no.status_code == 422
    assert "not what its name says" in no.content.decode()
    browser.post(f"{address}{finding.pk}/", data | {"version": 0, "gone": first.pk})
    assert Attachment.objects.count() == 1
    assert (
        browser.get(f"/inspections/{begun.pk}/?tab=checks").content.decode().count(f"/findings/{finding.pk}/files/")
        == 2
    )


def test_the_paper_says_what_was_found_and_is_a_draft_before(browser, begun):
    first = items(begun)[0]
    post_area(
        browser, begun, {f"state-{first.pk}": "abnormal", f"value-{first.pk}": "31", f"note-{first.pk}": "空调停机"}
    )
    write_finding(
        inspection=begun, by=None, at=AT,
        values={"text": "机房温度过高", "advice": "修空调", "grade": "serious", "due_on": date(2026, 12, 1)},
    )  # fmt: skip
    assert "草稿" in text_of(printed(browser, begun))
    report(browser, begun, result="abnormal", findings="空调已停机三天")
    text = text_of(printed(browser, begun))
    assert "草稿" not in text
    for words in (
        "系统巡检报告", "2026年第4季度", "XJ-2026-0001", "2026年11月20日", "机房温度20–25℃□正常☑异常31℃空调停机",
        "1严重机房温度过高修空调—2026年12月1日", "☑异常", "空调已停机三天", "客户代表（签字）",
    ):  # fmt: skip
        assert words in text, words
    assert not Document.objects.exists(), "looking stores nothing"


def test_the_paper_of_a_visit_without_checks_in_english(browser, inspection):
    Customer.objects.update(language="en")
    report(browser, inspection)
    text = text_of(printed(browser, inspection))
    for words in ("Inspectionreport", "Quarter4of2026", "Noproblemwasfound.", "☑Normal", "nolistofcheckitems"):
        assert words in text, words
    assert "Results" not in text


def test_it_is_signed_on_the_screen_and_never_changes_after(browser, begun):
    assert sign(browser, begun).status_code == 409, "not before it is reported"
    report(browser, begun)
    assert sign(browser, begun).status_code == 302
    signed = InspectionReport.objects.get()
    assert (signed.signer, signed.signed_at) == ("王工", AT)
    assert Attachment.objects.get().label == "customer_signature"
    stored = Document.objects.get()
    pdf = printed(browser, begun)
    assert stored.size == len(pdf)
    assert "王工" in text_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages[-1].images) == 1
    Customer.objects.update(name="Another name")
    assert printed(browser, begun) == pdf
    assert sign(browser, begun).status_code == 409, "once"


def test_a_report_signed_on_paper_is_kept_with_it(browser, begun):
    report(browser, begun)
    scan = SimpleUploadedFile("signed.png", drawn(60, 20), "image/png")
    assert sign(browser, begun, customer="", paper=scan).status_code == 302
    assert Attachment.objects.get().label == "signed_paper"
    assert Document.objects.count() == 1


@pytest.mark.parametrize("typed", [{"customer": ""}, {"signer": " "}, {"paper": "both"}, {"customer": "data:no"}])
def test_what_is_no_signature_stores_nothing(browser, begun, typed):
    report(browser, begun)
    if "paper" in typed:
        typed = {"paper": SimpleUploadedFile("signed.png", drawn(60, 20), "image/png")}
    assert sign(browser, begun, **typed).status_code == 422
    assert not Document.objects.exists()
    assert not Attachment.objects.exists()
    assert InspectionReport.objects.get().signer == ""


# Lists


def test_a_check_list_is_kept_line_by_line(enter):
    browser = enter("service_manager")
    data = {"name": "机柜", "name_en": "Racks", "area": "server", "place": 5, "note": "", "version": ""}
    lines = {
        "items-text": ["指示灯", "", "风扇"], "items-text_en": ["Lamps", "", ""], "items-method": ["无红灯", "", ""],
        "items-method_en": ["", "", ""], "items-unit": ["", "", ""], "items-limits": ["", "", ""],
    }  # fmt: skip
    assert browser.post("/check-lists/new/", data | lines).status_code == 302
    made = CheckList.objects.get(name="机柜")
    assert [item.text for item in made.items.all()] == ["指示灯", "风扇"]
    page = browser.get(f"/check-lists/{made.pk}/edit/").content.decode()
    assert page.index("指示灯") < page.index("风扇")
    lines["items-text"] = ["x" * 121, "", ""]
    answer = browser.post(f"/check-lists/{made.pk}/edit/", data | lines | {"version": 0})
    assert (answer.status_code, "x" * 121 in answer.content.decode()) == (422, True)


def test_an_engineer_reads_the_lists_and_changes_none(browser):
    made = CheckList.objects.first()
    assert browser.get(f"/check-lists/{made.pk}/").status_code == 200
    assert browser.get(f"/check-lists/{made.pk}/edit/").status_code == 403


def test_a_contract_is_given_its_lists(enter, inspection):
    browser, contract = enter("service_manager"), inspection.action.contract
    wanted = CheckList.objects.filter(area="backup")
    browser.post(f"/contracts/{contract.pk}/move/check_lists/", {"asked": 1, "lists": [wanted.get().pk]})
    assert [each.checklist for each in contract.check_lists.all()] == list(wanted)


# The board of kept promises


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2026Q5", date(2026, 10, 1), date(2026, 12, 31)),
        ("", date(2026, 10, 1), date(2026, 12, 31)),
        ("٢٠٢٦", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_stretch_of_time(text, first, last):
    stretch = Stretch.read(text, ON)
    assert (stretch.first, stretch.last) == (first, last)
    assert stretch.next.before == stretch
    assert stretch.next.first > last


def test_visits_are_counted_by_engineer_and_region_and_each_figure_leads_to_its_rows(enter, browser):
    one, other = browser.user, UserFactory(role="engineer", display_name="Wu")
    _past, held = visits(one, customer=CustomerFactory(region="浙江"))
    visits(other, customer=CustomerFactory(region="江苏"))
    visits(None)
    report(browser, held, result="abnormal", findings="x")
    service = enter("service_manager")
    answer = service.get("/inspections/completion/?period=2026")
    by_engineer, by_region = answer.context["tables"]
    assert [line["name"] for line in by_engineer["lines"]] == [str(one), "Wu", "Without engineer"]
    assert [line["name"] for line in by_region["lines"]] == ["江苏", "浙江", "Without region"]
    for table in answer.context["tables"]:
        for line in [*table["lines"], table["total"]]:
            for cell in line["cells"]:
                rows = service.get(cell["url"]).context["listing"].count if cell["url"] else 0
                assert rows == cell["count"], (line["name"], str(cell["label"]))
    mine = by_engineer["lines"][0]
    assert [cell["count"] for cell in mine["cells"]] == [2, 1, 1, 1, 1, 1]
    assert mine["share"] == 50


def test_an_engineer_counts_their_own(browser, inspection):
    visits(UserFactory(role="engineer", display_name="Wu"))
    tables = browser.get("/inspections/completion/?period=2026").context["tables"]
    assert [line["name"] for line in tables[0]["lines"]] == [str(browser.user)]


def test_inspections_and_customers_are_found_by_region(enter, browser):
    visits(browser.user, customer=CustomerFactory(region="浙江", name="Here"))
    visits(browser.user, customer=CustomerFactory(region="江苏", name="There"))
    service = enter("service_manager")
    for path, name in (("/inspections/", "action__contract__customer__region"), ("/customers/", "region")):
        page = service.get(path, {name: "浙江"}).content.decode()
        assert ("Here" in page, "There" in page) == (True, False)
