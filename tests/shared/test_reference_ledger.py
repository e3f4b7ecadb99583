"""A real ledger through the commands: imported and run on 2026-11-22, as is expected of it (docs/commands.md)."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from base.chatter.models import Event
from base.mail.models import OutgoingMail

DATA = Path(__file__).parents[3] / "shared" / "data"
LEDGER, ON = DATA / "contract-ledger.xlsx", "2026-11-22"

PROJECT = ("项目名称", "另一个项目")

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the real ledger is not beside the repository"),
    pytest.mark.django_db,
]


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def import_ledger(path: Path = LEDGER, *more: str) -> dict[str, Any]:
    return json.loads(command("import_ledger", str(path), "--on", ON, "--format", "json", *more))


def export(on: str = ON) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in command("export_contracts", "--on", on).splitlines()]
    return {line["number"]: line for line in lines}


def run_day(on: str = ON) -> dict[str, Any]:
    return json.loads(command("run_day", "--on", on, "--format", "json"))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((DATA / "contract-ledger.expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def imported(module_db) -> dict[str, Any]:
    """What importing the ledger said; it was imported once for all tests here."""
    return import_ledger()


def rows(contract: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for row in contract["plan"] if row["kind"] == kind]


def test_what_was_created_rejected_and_warned_of(imported, expected):
    assert imported["created"] == expected["summary"]["accepted_rows"]
    assert (imported["updated"], imported["unchanged"], imported["conflicts"]) == (0, 0, [])
    assert len(imported["rejected"]) == expected["summary"]["rejected_rows"]
    found = [{name: value for name, value in row.items() if name != "value"} for row in imported["rejected"]]
    assert sorted(found, key=repr) == sorted(expected["rejected"], key=repr)
    found = [{name: row[name] for name in ("sheet", "row", "field")} for row in imported["warnings"]]
    assert sorted(found, key=repr) == sorted(expected["warnings"], key=repr)


def test_every_contract_with_its_terms_and_inspections(imported, expected):
    contracts = export()
    assert contracts.keys() == expected["contracts"].keys()
    for number, wanted in expected["contracts"].items():
        found = contracts[number]
        said = {
            name: value for name, value in wanted.items() if name not in ("quote_on", "quote_amount", "inspections")
        }
        said["renewal_rate"] = str(Decimal(wanted["renewal_rate"]).normalize()) if wanted["renewal_rate"] else None
        assert {name: found[name] for name in said} == said, number
        visits = [
            {"planned_on": row["due_on"], "window": row["window"]}
            for row in rows(found, "inspection")
            if row["state"] == "planned"
        ]
        assert visits == wanted["inspections"], number
    assert len({contract["customer"] for contract in contracts.values()}) == expected["summary"]["customers"]
    assert sum(contract["covered"] for contract in contracts.values()) == expected["summary"]["covered"]


def test_when_each_quote_is_due(imported, expected):
    contracts = export()
    for number, wanted in expected["contracts"].items():
        due = [row["due_on"] for row in rows(contracts[number], "renewal_quote") if row["state"] == "planned"]
        assert due == ([wanted["quote_on"]] if wanted["quote_on"] else []), number


def test_the_quotes_of_the_day_and_their_amounts(imported, expected):
    before = export()
    result = run_day()
    assert result["failures"] == []
    assert result["actions"]["renewal_quote"] == {
        "done": expected["summary"]["quotes_due_on_as_of"],
        "skipped": 0,
        "failed": 0,
    }
    total = Decimal(0)
    for number, contract in export().items():
        wanted = expected["contracts"][number]
        if wanted["quote_on"] != ON:
            assert contract["quotes"] == [], number
            continue
        [quote] = contract["quotes"]
        assert quote["price"] == wanted["quote_amount"], number
        assert quote["state"] == "draft"
        assert Decimal(quote["price"]) <= Decimal(contract["annual_cap"])
        total += Decimal(quote["price"])
    assert str(total) == expected["summary"]["quote_total"]
    numbers = sorted(quote["number"] for contract in export().values() for quote in contract["quotes"])
    assert numbers == [f"BJ-2026-{n:04d}" for n in range(1, len(numbers) + 1)]
    # Nobody is told of what is long over: the terms that ended before the import.
    over = [number for number, contract in before.items() if contract["coverage_end"] and contract["coverage_end"] < ON]
    assert over
    assert not OutgoingMail.objects.filter(kind__in=["coverage_lapsed", "renewal_quote", "renewal_reminder"]).exists()


def test_a_second_run_of_the_day_changes_nothing(imported):
    run_day()
    after_one, events = export(), Event.objects.count()
    again = run_day()
    assert (again["actions"], again["failures"]) == ({}, [])
    assert (export(), Event.objects.count()) == (after_one, events)


def test_the_same_file_again_changes_nothing(imported, expected):
    before, events = export(), Event.objects.count()
    again = import_ledger()
    assert (again["created"], again["updated"]) == (0, 0)
    assert again["unchanged"] == expected["summary"]["accepted_rows"]
    assert again["rejected"] == imported["rejected"]
    assert (export(), Event.objects.count()) == (before, events)


def test_a_dry_run_says_the_same_and_writes_nothing(imported, tmp_path):
    before = export()
    said = import_ledger(LEDGER, "--dry-run")
    assert (said["created"], said["unchanged"]) == (0, imported["created"])
    assert export() == before


def changed(path: Path, **cells: tuple[str, Any]) -> Path:
    """The ledger with some cells changed: contract number (with _ for -) to header and value."""
    wanted = {number.replace("_", "-"): cell for number, cell in cells.items()}
    book = openpyxl.load_workbook(LEDGER)
    done = set()
    for sheet in book:
        headers: dict[Any, int] = {}
        for row in sheet.iter_rows():
            values = [cell.value for cell in row]
            if "合同号" in values or "合同编号" in values:
                headers = {value: index for index, value in enumerate(values)}
            for number in done ^ wanted.keys():
                header, value = wanted[number]
                if number in values and header in headers:
                    row[headers[header]].value = value
                    done.add(number)
    assert done == wanted.keys()
    book.save(path)
    return path


def test_a_changed_file_corrects_in_place(imported, tmp_path):
    before = export()
    path = changed(
        tmp_path / "changed.xlsx",
        PG_2026_0003=("终验时间", "2026-06-20"),
        WB_2022_0014=("维保到期日", "2028-09-27"),
        HT_2023_0005=("甲方", "东川市政务服务和数据管理局"),
    )
    result = import_ledger(path)
    assert (result["created"], result["updated"], result["conflicts"]) == (0, 2, [])
    # The same valid credit code under another name: renamed, or another customer? That is asked.
    fresh = [row for row in result["rejected"] if row not in imported["rejected"]]
    assert [(row["field"], row["problem"]) for row in fresh] == [("credit_code", "ambiguous")]
    after = export()
    assert {number for number in after if after[number] != before[number]} == {"PG-2026-0003", "WB-2022-0014"}
    assert after["PG-2026-0003"]["terms"] == [
        {"kind": "free", "first_day": "2026-06-20", "last_day": "2027-06-20", "price": "0.00"}
    ]
    assert [row["window"] for row in rows(after["PG-2026-0003"], "inspection")] == [
        ["2026-06-20", "2026-12-20"],
        ["2026-12-21", "2027-06-20"],
    ]
    longer = after["WB-2022-0014"]
    assert longer["terms"][:-1] == before["WB-2022-0014"]["terms"]
    assert longer["terms"][-1] == {
        "kind": "paid",
        "first_day": "2027-09-28",
        "last_day": "2028-09-27",
        "price": "73500.00",
    }
    open_quotes = [row["due_on"] for row in rows(longer, "renewal_quote") if row["state"] == "planned"]
    assert open_quotes == ["2028-06-29"]
    again = import_ledger(path)
    assert (again["updated"], again["unchanged"]) == (0, imported["created"] - 1)


def test_a_cell_that_became_bad_rejects_its_row_and_leaves_the_contract_alone(imported, tmp_path):
    before = export()
    result = import_ledger(changed(tmp_path / "changed.xlsx", WB_2023_0001=("合同总价", 2000000)))
    fresh = [row for row in result["rejected"] if row not in imported["rejected"]]
    assert [(row["field"], row["problem"]) for row in fresh] == [("annual_fee", "above the cap")]
    assert (result["updated"], result["unchanged"]) == (0, imported["created"] - 1)
    assert export() == before


def test_what_was_quoted_on_here_is_a_conflict_and_left_alone(imported, expected, tmp_path):
    run_day()
    before = export()
    quoted = min(number for number, wanted in expected["contracts"].items() if wanted["quote_on"] == ON)
    result = import_ledger(changed(tmp_path / "changed.xlsx", **{quoted.replace("-", "_"): PROJECT}))
    assert (result["updated"], result["unchanged"]) == (0, imported["created"] - 1)
    [conflict] = result["conflicts"]
    assert conflict["contract"] == quoted
    assert conflict["fields"]["project"][1] == PROJECT[1]
    assert export() == before
