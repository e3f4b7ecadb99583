"""What a ledger on its way in was found to hold."""

import json
from datetime import date

import pytest

from tests.chain import accepted, sent
from tests.factories import ContractFactory
from tests.warranty.test_imports import contract_row, uploaded
from warranty import reading
from warranty.models import LedgerImport
from warranty.reading import read_import

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def read(*rows, **options):
    item = uploaded(*rows, **options)
    heard = []
    found = read_import(LedgerImport.objects.get(pk=item.pk), lambda: heard.append(1))
    assert heard
    # It is kept as JSON.
    assert json.loads(json.dumps(found)) == found
    return found


def test_every_part_is_counted_and_its_first_lines_are_kept(monkeypatch):
    monkeypatch.setattr(reading, "SHOWN", 2)
    ContractFactory(number="L-0001", customer__name="Customer 1", project="Old name")
    sent(accepted(date(2026, 1, 15), number="L-0002"))
    found = read(*[contract_row(n) for n in range(6)], contract_row(7, 合同金额="待定"))

    assert found["rows"] == 7
    assert found["counts"] == {"new": 4, "changed": 1, "unchanged": 0, "conflicts": 1, "rejected": 1, "warnings": 0}
    assert [each["number"] for each in found["new"]] == ["L-0000", "L-0003"]
    assert found["new"][0]["amount"] == "1000.00 CNY"
    assert found["changed"][0]["differs"]["project"] == ["Old name", "Project 1"]
    assert [each["number"] for each in found["conflicts"]] == ["L-0002"]
    assert found["rejected"][0]["field"] == "amount"


def test_columns_are_kept_with_what_they_were_taken_for_and_some_values():
    [sheet] = read(contract_row(1), contract_row(2))["sheets"]
    number = sheet["columns"][0]

    assert (sheet["sheet"], sheet["rows"], sheet["missed"]) == ("台账", 2, False)
    assert number == {"name": "0:0", "header": "合同编号", "field": "number", "samples": ["L-0001", "L-0002"]}


def test_a_sheet_that_is_no_ledger_is_kept_with_its_names():
    found = read(["A-1", "Amt", 500, date(2026, 1, 5)], head=["Nr", "Wer", "Wieviel", "Wann"])

    assert found["rows"] == 0
    assert [each["header"] for each in found["sheets"][0]["columns"]] == ["Nr", "Wer", "Wieviel", "Wann"]
    assert found["sheets"][0]["missed"]


def test_a_cell_that_can_be_read_in_two_ways_is_asked_about():
    [asked] = read(contract_row(1, 签订日期="26.3.5"))["questions"]

    assert (asked["key"], asked["value"], asked["proposal"]) == ("台账/2/signed_on", "26.3.5", "2026-03-05")
    assert (asked["number"], asked["customer"]) == ("L-0001", "Customer 1")
