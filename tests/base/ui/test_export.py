import csv
import io
from datetime import date

import pytest
from moneyed import Money
from openpyxl import load_workbook

from base.ui.models import ColumnChoice
from tests.factories import ContractFactory

pytestmark = pytest.mark.django_db


def body(response):
    return b"".join(response.streaming_content)


def sheet(client, query=""):
    book = load_workbook(io.BytesIO(body(client.get(f"/probe/export.xlsx{query}"))))
    return book.active


def lines(client, query=""):
    text = body(client.get(f"/probe/export.csv{query}")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_holds_exactly_the_rows_and_columns_on_screen_in_their_order(director):
    ColumnChoice.objects.create(owner=director.user, page="probe", columns=["number", "amount", "project"])
    ContractFactory(number="HT-2", project="b", amount=Money("1.50", "USD"))
    ContractFactory(number="HT-1", project="a", amount=Money("1200000", "CNY"))
    ContractFactory(number="HT-3", status="draft")

    query = "?status=active&sort=number"
    rows = [[cell.value for cell in row] for row in sheet(director, query)]

    assert rows == [
        ["Number", "Amount", "Amount (currency)", "Project"],
        ["HT-1", 1200000, "CNY", "a"],
        ["HT-2", 1.5, "USD", "b"],
    ]
    assert lines(director, query) == [
        ["Number", "Amount", "Amount (currency)", "Project"],
        ["HT-1", "1200000.00", "CNY", "a"],
        ["HT-2", "1.50", "USD", "b"],
    ]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86 755", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "＝1+1", "＋86", "－5", "＠SUM(A1)", "\n=1",
     "\u200b=1", "\u3000=1", "﹦1"],
)  # fmt: skip
def test_no_text_becomes_a_formula(director, text):
    ColumnChoice.objects.create(owner=director.user, page="probe", columns=["project"])
    ContractFactory(project=text)

    cell = sheet(director)["A2"]

    assert (cell.value, cell.data_type) == (text, "s")
    assert lines(director)[1] == [f"'{text}"]


@pytest.mark.parametrize("digits", ["91440300123456789X", "914403001234567890", "075512345678", "0012"])
def test_long_numbers_and_leading_zeros_stay_as_they_are(director, digits):
    ColumnChoice.objects.create(owner=director.user, page="probe", columns=["project"])
    ContractFactory(project=digits)

    assert sheet(director)["A2"].value == digits
    assert lines(director)[1][0] == digits


def test_dates_are_dates(director):
    ColumnChoice.objects.create(owner=director.user, page="probe", columns=["snoozed_until"])
    ContractFactory(snoozed_until="2026-12-01")

    cell = sheet(director)["A2"]

    assert cell.is_date
    assert cell.value.date() == date(2026, 12, 1)
    assert lines(director)[1] == ["2026-12-01"]


def test_a_grouped_list_is_exported_group_by_group(director):
    ColumnChoice.objects.create(owner=director.user, page="probe", columns=["number"])
    for number, state in (("HT-1", "draft"), ("HT-2", "active"), ("HT-3", "draft")):
        ContractFactory(number=number, status=state)

    assert [line[0] for line in lines(director, "?group=status")[1:]] == ["HT-2", "HT-1", "HT-3"]


def test_all_pages_are_in_it(director, monkeypatch):
    monkeypatch.setattr("base.ui.export.CHUNK", 2)
    for _ in range(5):
        ContractFactory()

    assert len(lines(director)) == 6


def test_holds_no_prices_for_who_may_not_see_them(enter):
    client = enter("administrator")
    ContractFactory()

    response = client.get("/probe/export.csv")

    assert response.status_code == 403
    manager = enter("manager")
    ContractFactory(number="HT-9", manager=manager.user)
    assert [line[0] for line in lines(manager)[1:]] == ["HT-9"]


def test_the_file_is_named_after_the_list(director):
    ContractFactory()

    response = director.get("/probe/export.xlsx")

    assert response["Content-Disposition"].startswith('attachment; filename="Probes 20')
    body(response)
