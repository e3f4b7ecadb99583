"""The stable commands: one JSON document and nothing else on standard output, and honest exit codes.

See docs/commands.md.
"""

import json
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from contracts.models import Contract
from renewals.models import RenewalQuote
from tests.chain import ON, accepted, day, invoiced, issued, paid_term, signed
from tests.snapshot import snapshot
from warranty.models import DailyRun

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


# run_day


def test_a_run_says_what_it_did():
    accepted(day("2026-01-15"), planned_on=ON)
    assert json.loads(said("run_day", "--on", str(ON), "--format", "json")) == {
        "on": "2026-11-22",
        "actions": {"renewal_quote": {"done": 1, "skipped": 0, "failed": 0}},
        "failures": [],
    }


def test_a_run_with_failures_exits_with_one_and_says_them():
    contract = accepted(day("2026-01-15"), planned_on=ON)
    Contract.objects.update(renewal_months=60)
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("run_day", "--on", str(ON), "--format", "json", stdout=out)
    assert exit_.value.code == 1
    [failure] = json.loads(out.getvalue())["failures"]
    assert failure.keys() == {"contract", "kind", "problem"}
    assert (failure["contract"], failure["kind"]) == (contract.number, "renewal_quote")


def test_a_run_in_words():
    accepted(day("2026-01-15"), planned_on=ON)
    assert said("run_day", "--on", str(ON)).split() == [
        "2026-11-22",
        "renewal_quote:",
        "1",
        "done,",
        "0",
        "skipped,",
        "0",
        "failed",
    ]


def test_a_run_of_one_kind_and_a_dry_run():
    accepted(day("2026-01-15"), planned_on=ON)
    before = snapshot()
    assert json.loads(said("run_day", "--on", str(ON), "--dry-run", "--format", "json"))["actions"]
    assert snapshot() == before
    assert not DailyRun.objects.exists()
    assert not json.loads(said("run_day", "--on", str(ON), "--only", "coverage_end", "--format", "json"))["actions"]
    assert not RenewalQuote.objects.exists()


@pytest.mark.parametrize("words", [["--on", "22.11.2026"], ["--on", "2026-02-30"], ["--only", "everything"]])
def test_what_is_not_understood_is_refused(words):
    with pytest.raises((CommandError, SystemExit)):
        said("run_day", *words)


# import_ledger


def test_an_import_in_words(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["合同编号", "客户名称", "合同金额", "签订日期"],
        ["A-1", "甲", 100, "2024-01-02"],
        ["A-2", "甲", 0, "2024-01-02"],
    ):
        book.active.append(row)
    book.save(tmp_path / "ledger.xlsx")
    words = said("import_ledger", str(tmp_path / "ledger.xlsx"), "--on", str(ON))
    assert "created: 1" in words
    assert "rejected: 1" in words
    assert "3 amount: not a positive amount (0)" in words


# export_contracts


def test_a_contract_as_scripts_read_it():
    contract = accepted(day("2025-01-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    issued(Contract.objects.get(pk=contract.pk))
    line = json.loads(said("export_contracts", "--on", str(ON)))
    assert {name: value for name, value in line.items() if name not in ("plan", "customer")} == {
        "number": contract.number,
        "amount": "1200000.00",
        "currency": "CNY",
        "signed_on": "2022-01-10",
        "final_acceptance_on": "2025-01-15",
        "free_months": 12,
        "renewal_rate": None,
        "inspections_per_year": 2,
        "annual_cap": "240000.00",
        "coverage_end": "2028-01-15",
        "covered": True,
        "terms": [
            {"kind": "free", "first_day": "2025-01-15", "last_day": "2026-01-15", "price": "0.00"},
            {"kind": "paid", "first_day": "2026-01-16", "last_day": "2027-01-15", "price": "100000.00"},
            {"kind": "paid", "first_day": "2027-01-16", "last_day": "2028-01-15", "price": "100000.00"},
        ],
        "quotes": [{"number": "BJ-2026-0001", "state": "accepted", "price": "100000.00", "valid_until": "2027-01-15"}],
        "invoices": [
            {"number": "KP-2026-0001", "state": "issued", "gross": "100000.00", "net": "94339.62", "tax": "5660.38"}
        ],
    }
    assert line["plan"][0].keys() == {"kind", "step", "due_on", "state", "window"}


@pytest.mark.parametrize(
    ("on", "covered"), [("2026-01-14", False), ("2026-01-15", True), ("2027-01-15", True), ("2027-01-16", False)]
)
def test_coverage_is_judged_on_the_day_asked_for(on, covered):
    accepted(day("2026-01-15"))
    assert json.loads(said("export_contracts", "--on", on))["covered"] is covered


def test_what_is_not_accepted_has_neither_terms_nor_plan():
    signed()
    line = json.loads(said("export_contracts", "--on", str(ON)))
    assert (line["coverage_end"], line["covered"], line["terms"], line["plan"], line["final_acceptance_on"]) == (
        None,
        False,
        [],
        [],
        None,
    )


def test_one_line_a_contract_in_order_of_numbers():
    invoiced()
    accepted()
    numbers = [json.loads(line)["number"] for line in said("export_contracts", "--on", str(ON)).splitlines()]
    assert numbers == sorted(Contract.objects.values_list("number", flat=True))


# export_invoices


def test_what_cannot_be_written_is_not_recorded_as_taken_away(tmp_path):
    issued()
    stretch = ("--from", "2026-11-01", "--to", "2026-11-30", "--format", "csv")
    with pytest.raises(CommandError, match="cannot be written"):
        said("export_invoices", *stretch, "--out", str(tmp_path / "nowhere" / "x.csv"))
    said("export_invoices", *stretch, "--out", str(tmp_path / "x.csv"))
    assert "KP-2026-0001" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    with pytest.raises(CommandError):
        said("export_invoices", *stretch, "--out", str(tmp_path / "y.csv"))
    assert not (tmp_path / "y.csv").exists()
