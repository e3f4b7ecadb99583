"""The way of a ledger through the screens: upload, columns, questions, preview, progress, result."""

import io
from contextlib import closing
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from base.jobs.work import work_off_jobs
from contracts.models import Contract
from tests.chain import AT, accepted, sent
from tests.factories import ContractFactory, UserFactory
from tests.screens import HTMX
from warranty import imports
from warranty.models import LedgerImport
from warranty.pages import rejected

pytestmark = pytest.mark.django_db

HEAD = ["序号", "合同编号", "项目名称", "客户名称", "合同金额", "签订日期", "终验日期", "免费维保期", "维保到期日"]


def workbook(*rows, head=HEAD):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("台账")
        for line, row in enumerate([head, *rows]):
            sheet.write_row(line, 0, row)
    return SimpleUploadedFile("台账 2026.xlsx", target.getvalue())


def row(number, **changed):
    values = {
        "序号": 1, "合同编号": number, "项目名称": "Platform", "客户名称": "明珠港务", "合同金额": 500000,
        "签订日期": date(2025, 1, 10), "终验日期": date(2026, 1, 15), "免费维保期": 12, "维保到期日": None,
    }  # fmt: skip
    return list((values | changed).values())


def work():
    work_off_jobs(lambda: AT)


def upload(client, *rows, **options):
    """The uploaded import, and the page it leads to once it was read."""
    answer = client.post("/imports/new/", {"file": workbook(*rows, **options), "on": "2026-11-22"})
    item = LedgerImport.objects.latest("pk")
    assert answer.url == f"/imports/{item.pk}/"
    work()
    return item, client.get(answer.url)


def test_a_file_that_is_no_workbook_is_told_on_its_page(enter):
    director = enter("director")
    file = SimpleUploadedFile("ledger.xlsx", b"%PDF-1.4")
    answer = director.post("/imports/new/", {"file": file, "on": "2026-11-22"})
    assert "is being read" in director.get(answer.url).content.decode()
    assert 'hx-trigger="every 1s"' in director.get(answer.url).content.decode()
    item = LedgerImport.objects.get()
    assert director.post(f"/imports/{item.pk}/columns/").status_code == 409

    work()
    page = director.get(answer.url).content.decode()
    assert "neither a workbook nor a CSV file" in page
    assert "every 1s" not in page
    director.post(f"/imports/{item.pk}/read/")
    assert "is being read" in director.get(answer.url).content.decode()


def test_looking_at_a_step_reads_no_file(enter, monkeypatch):
    director = enter("director")
    item, _page = upload(director, row("L-1"), row("L-2", 签订日期="26.3.5", 终验日期=None))
    monkeypatch.setattr(imports, "ledger_of", None)

    for step in ("columns", "questions", "preview"):
        assert director.get(f"/imports/{item.pk}/?step={step}").status_code == 200


def test_a_ledger_that_asks_nothing_goes_straight_to_its_preview(enter):
    director = enter("director")

    _item, page = upload(director, row("L-1"), row("L-2", 合同金额="待定"))

    assert page.templates[0].name == "warranty/imports/preview.html"
    text = page.content.decode()
    assert "Import 1 row" in text
    assert "is not a positive amount" in text
    assert not Contract.objects.exists()


def test_a_column_nobody_knows_is_asked_about_once(enter):
    director = enter("director")
    head = [*HEAD, "联络员"]

    item, page = upload(director, [*row("L-1"), "Wang Lei"], head=head)
    assert page.templates[0].name == "warranty/imports/columns.html"
    assert [each.header for sheet in page.context["chosen"].sheets for each in sheet.unknown] == ["联络员"]

    answer = director.post(f"/imports/{item.pk}/columns/", {"0:8": "covered_until", "0:9": "contact"})
    assert answer.url == f"/imports/{item.pk}/"
    item.refresh_from_db()
    assert item.mapping == {"联络员": "contact"}
    work()
    assert director.get(answer.url).templates[0].name == "warranty/imports/preview.html"

    _again, page = upload(director, [*row("L-2"), "Wang Lei"], head=head)
    assert page.templates[0].name == "warranty/imports/preview.html"


def test_two_columns_of_one_sheet_cannot_hold_the_same(enter):
    director = enter("director")
    item, _page = upload(director, [*row("L-1"), "x"], head=[*HEAD, "联络员"])

    answer = director.post(f"/imports/{item.pk}/columns/", {"0:9": "number"})

    item.refresh_from_db()
    assert (answer.status_code, item.mapping) == (422, {})
    assert "Another column of this sheet holds the same" in answer.content.decode()


def test_ambiguous_cells_are_asked_with_a_proposal_and_answered(enter):
    director = enter("director")
    rows = [
        row("L-1", 签订日期="26.3.5", 终验日期=None),
        row("L-2", 免费维保期="三年(含一年免费)"),
        row("L-3", 维保到期日=date(2027, 1, 14)),
        row("L-4", 签订日期="2026年3月", 终验日期=None),
    ]

    item, page = upload(director, *rows)

    assert page.templates[0].name == "warranty/imports/questions.html"
    asked = {each.key: (each.value, each.answer, each.kind) for each in page.context["questions"]}
    assert asked == {
        "台账/2/signed_on": ("26.3.5", "2026-03-05", "date"),
        "台账/3/free_months": ("三年(含一年免费)", "", "number"),
        "台账/4/same_day": ("2027-01-14", "yes", "yes_no"),
        "台账/5/signed_on": ("2026年3月", "2026-03-01", "date"),
    }
    data = {
        "key": list(asked), "answer:台账/2/signed_on": "2026-03-05", "answer:台账/3/free_months": "36",
        "answer:台账/4/same_day": "yes", "answer:台账/5/signed_on": "2026-03-01", "leave:台账/5/signed_on": "1",
    }  # fmt: skip
    answer = director.post(f"/imports/{item.pk}/questions/", data)

    item.refresh_from_db()
    work()
    assert item.answers == {
        "台账/2/signed_on": "2026-03-05", "台账/3/free_months": "36个月", "台账/4/same_day": "yes",
        "台账/5/signed_on": "",
    }  # fmt: skip
    assert [each["number"] for each in director.get(answer.url).context["new"]] == ["L-1", "L-2", "L-3"]
    again = director.get(f"/imports/{item.pk}/?step=questions").context["questions"]
    assert {each.key: each.answer for each in again}["台账/3/free_months"] == "36"


def test_an_answer_that_brings_up_the_next_question_of_its_row_asks_it(enter):
    director = enter("director")
    item, _page = upload(director, row("L-1", 签订日期="26.3.5", 终验日期=None, 免费维保期="三年(含一年免费)"))

    answer = director.post(
        f"/imports/{item.pk}/questions/", {"key": "台账/2/signed_on", "answer:台账/2/signed_on": "2026-03-05"}
    )

    work()
    assert director.get(answer.url).templates[0].name == "warranty/imports/questions.html"


def test_the_preview_shows_each_changed_field_and_what_is_left_alone(enter):
    director = enter("director")
    changed = ContractFactory(number="L-1", customer__name="明珠港务", project="Old name", signed_on=date(2025, 1, 10))
    quoted = sent(accepted(date(2026, 1, 15), number="L-2")).contract

    _item, page = upload(director, row("L-1"), row("L-2"))

    [(contract_row, differs)] = page.context["changed"]
    assert contract_row["number"] == changed.number
    assert ("project", "Old name", "Platform") in differs
    assert [each["number"] for each, _differs in page.context["conflicts"]] == [quoted.number]


def test_who_may_not_see_prices_sees_none_in_a_preview(enter):
    admin = enter("administrator")
    ContractFactory(number="L-1", customer__name="明珠港务")

    _item, page = upload(admin, row("L-1"), row("L-2"))

    assert "500,000" not in page.content.decode()
    assert "1200000" not in page.content.decode()


def test_the_import_runs_with_its_progress_and_ends_with_its_result(enter):
    director = enter("director")
    item, _page = upload(director, row("L-1"), row("L-2", 合同金额="待定"))

    director.post(f"/imports/{item.pk}/start/")
    waiting = director.get(f"/imports/{item.pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "Waiting for its turn" in director.get(f"/imports/{item.pk}/progress/", headers=HTMX).content.decode()

    work()
    polled = director.get(f"/imports/{item.pk}/progress/", headers=HTMX)
    assert (polled.status_code, polled["HX-Refresh"]) == (204, "true")
    result = director.get(f"/imports/{item.pk}/").content.decode()
    assert "The ledger is imported" in result
    assert "is not a positive amount" in result
    assert Contract.objects.get().number == "L-1"
    assert director.post(f"/imports/{item.pk}/start/").status_code == 409


@pytest.mark.parametrize("imported", [False, True])
def test_rejected_rows_come_back_as_a_workbook_with_their_reason(enter, imported):
    director = enter("director")
    item, _page = upload(director, row("L-1"), row("L-2", 合同金额="待定"))
    if imported:
        director.post(f"/imports/{item.pk}/start/")
        work()

    answer = director.get(f"/imports/{item.pk}/rejected.xlsx")

    rows = list(
        openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True)
    )
    assert [each[1] for each in rows] == ["合同编号", "L-2"]
    assert rows[1][-1] == "amount: is not a positive amount (待定)"


def test_many_rejected_rows_are_written_by_a_job(enter, monkeypatch):
    monkeypatch.setattr(rejected, "AT_ONCE", 1)
    director = enter("director")
    item, _page = upload(director, row("L-1"), row("L-2", 合同金额="待定"))
    address = f"/imports/{item.pk}/rejected.xlsx"

    assert "written in the background" in director.get(address).content.decode()
    answer = director.post(address)
    work()
    with closing(director.get(f"{answer.url}file/")) as fetched:
        rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(fetched.streaming_content))).active.values)
    assert [each[1] for each in rows] == ["合同编号", "L-2"]


def test_a_stopped_import_says_why_and_can_go_on(enter):
    director = enter("director")
    item, _page = upload(director, row("L-1"))
    LedgerImport.objects.update(status="failed", problem="the roof is leaking")

    assert "the roof is leaking" in director.get(f"/imports/{item.pk}/").content.decode()
    director.post(f"/imports/{item.pk}/start/")
    work()
    assert Contract.objects.count() == 1


def test_managers_see_their_own_imports_directors_all(enter):
    manager = enter("manager")
    foreign = LedgerImport.objects.create(
        name="x.xlsx", on=date(2026, 1, 1), by=UserFactory(), at="2026-01-01T00:00Z", file="x"
    )
    own, _page = upload(manager, row("L-1"))

    assert [each.pk for each in manager.get("/imports/").context["listing"].records] == [own.pk]
    assert manager.get(f"/imports/{foreign.pk}/").status_code == 404
    assert len(enter("director").get("/imports/").context["listing"].records) == 2
    assert enter("finance").get("/imports/").status_code == 403


def test_the_contract_list_leads_to_import_and_ledger(enter):
    page = enter("director").get("/contracts/").content.decode()

    assert 'href="/imports/new/"' in page
    assert 'href="/contracts/ledger.xlsx"' in page
    assert "/imports/new/" not in enter("finance").get("/contracts/").content.decode()


def test_the_ledger_holds_the_contracts_one_may_see(enter):
    manager = enter("manager")
    accepted(date(2026, 1, 15), number="OWN", manager=manager.user)
    accepted(date(2026, 1, 15), number="FOREIGN")

    answer = manager.get("/contracts/ledger.xlsx")

    rows = list(
        openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True)
    )
    assert [each[0] for each in rows] == ["合同编号", "OWN"]
    assert enter("engineer").get("/contracts/ledger.xlsx").status_code == 403


def sheets_of_all_kinds():
    """A ledger with a row that a filter hides, a hidden ledger of before, and a table of other things."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, lines in {
            "台账": [HEAD, row("HT-1"), row("HT-2"), row("HT-3")],
            "旧": [HEAD, row("HT-1", 合同金额=800000), row("HT-8")],
            "备件": [["甲", "乙", "丙"], ["x", 1, 2], ["y", 3, 4]],
        }.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(lines):
                sheet.write_row(line, 0, cells)
            if name == "台账":
                sheet.set_row(1, None, None, {"hidden": True})
                sheet.set_row(2, None, None, {"hidden": True})
            elif name == "旧":
                sheet.hide()
    return SimpleUploadedFile("ledger.xlsx", target.getvalue())


def test_what_nobody_sees_in_the_workbook_is_told_and_left_out_only_on_purpose(enter):
    director = enter("director")
    ContractFactory(number="HT-2", customer__name="明珠港务", project="Old name")
    answer = director.post("/imports/new/", {"file": sheets_of_all_kinds(), "on": "2026-11-22"})
    work()
    page = director.get(answer.url).content.decode()
    assert "2 rows of sheet “备件” will not be imported" in page
    assert "hidden in the workbook" in page
    assert "2 rows are hidden by a filter" in page
    columns = f"{answer.url}columns/"
    director.post(columns, {"take": ["台账"]})
    work()
    assert "Name its columns, or say that its rows stay out." in director.get(answer.url).content.decode()
    director.post(columns, {"take": ["台账"], "leave": ["备件"]})
    work()
    preview = director.get(answer.url).content.decode()
    assert "2 rows of sheet “备件” will not be imported" in preview
    assert preview.count("hidden row</span>") == 2
    assert "HT-8" not in preview
    assert "台账 · 3" in preview
    assert "500,000.00" in preview
