"""A ledger loaded again, changed meanwhile, or cut off on the way (docs/rules.md 6)."""

from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from base.chatter.models import Event
from contracts.models import Contract, Customer
from contracts.operations import save_contract
from tests.chain import AT, ON, cny, day, drafted
from tests.snapshot import snapshot
from tests.warranty.ledger.books import HEADER, book, counts, imported, row, terms
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.ledger import load as loading
from warranty.models import Inspection, LedgerImport, MaintenanceTerm
from warranty.operations import add_term, set_last_day

pytestmark = pytest.mark.django_db


def test_the_same_file_again_changes_nothing(path):
    book(path, [HEADER, row("A-1", 维保到期日="2027-03-15", 年维保费=150000), row("A-2"), row("A-3", 终验日期=None)])
    imported(path)
    before, events = snapshot(), Event.objects.count()
    for on in (ON, day("2026-12-24")):
        assert counts(imported(path, on=on)) == (0, 0, 3, 0, 0)
        assert (snapshot(), Event.objects.count()) == (before, events)


def test_a_changed_file_corrects_in_place(path):
    book(path, [HEADER, row("A-1", 维保到期日="2027-03-15", 年维保费=150000), row("A-2")])
    imported(path)
    keys = dict(Contract.objects.values_list("number", "pk"))
    book(
        path,
        [
            HEADER,
            row("A-1", 终验日期="2024-02-29", 维保到期日="2028-02-29", 年维保费=160000),
            row("A-2", 合同金额=900000),
        ],
    )
    assert counts(imported(path)) == (0, 2, 0, 0, 0)
    assert dict(Contract.objects.values_list("number", "pk")) == keys
    assert terms("A-1") == [
        "free 2024-02-29…2025-02-28 0.00",
        "paid 2025-03-01…2026-02-28 160000.00",
        "paid 2026-03-01…2027-02-28 160000.00",
        "paid 2027-03-01…2028-02-29 160000.00",
    ]
    assert Contract.objects.get(number="A-2").amount == cny("900000.00")
    assert counts(imported(path)) == (0, 0, 2, 0, 0)


def test_coverage_may_become_shorter_too(path):
    imported(book(path, [HEADER, row("A-1", 维保到期日="2028-03-15", 年维保费=150000)]))
    imported(book(path, [HEADER, row("A-1", 维保到期日="2026-03-15", 年维保费=150000)]))
    assert terms("A-1") == ["free 2024-03-15…2025-03-15 0.00", "paid 2025-03-16…2026-03-15 150000.00"]
    imported(book(path, [HEADER, row("A-1", 终验日期=None)]))
    assert terms("A-1") == []
    assert Contract.objects.get().final_acceptance_on is None


def test_a_higher_amount_raises_the_base_of_paid_years(path):
    imported(book(path, [HEADER, row("A-1", 维保到期日="2026-03-15", 年维保费=150000)]))
    result = imported(book(path, [HEADER, row("A-1", 合同金额=800000, 维保到期日="2026-03-15", 年维保费=150000)]))
    assert counts(result) == (0, 1, 0, 0, 0)
    assert MaintenanceTerm.objects.get(kind="paid").cap_base == cny("800000.00")


def test_a_paid_year_may_become_a_free_one_and_the_other_way_round(path):
    imported(book(path, [HEADER, row("A-1", 免费维保期=0, 维保到期日="2026-03-15", 年维保费=200000)]))
    assert terms("A-1") == ["paid 2024-03-15…2025-03-15 200000.00", "paid 2025-03-16…2026-03-15 200000.00"]
    imported(book(path, [HEADER, row("A-1", 免费维保期="3个月", 维保到期日="2026-06-15", 年维保费=200000)]))
    assert terms("A-1") == [
        "free 2024-03-15…2024-06-15 0.00",
        "paid 2024-06-16…2025-06-15 200000.00",
        "paid 2025-06-16…2026-06-15 200000.00",
    ]
    imported(book(path, [HEADER, row("A-1", 免费维保期=0, 维保到期日="2025-03-15", 年维保费=200000)]))
    assert terms("A-1") == ["paid 2024-03-15…2025-03-15 200000.00"]


def test_a_reported_visit_goes_to_its_window_when_a_ledger_moves_acceptance(path, engineer):
    imported(book(path, [HEADER, row("A-1", 终验日期="2026-01-15")]))
    visit = Inspection.objects.get(action__step="1")
    given = {"result": InspectionResult.NORMAL, "findings": "", "by": engineer, "at": AT, "on": ON}
    report_inspection(inspection=visit, visited_on=day("2026-07-10"), **given)
    imported(book(path, [HEADER, row("A-1", 终验日期="2026-01-05")]))
    visit.refresh_from_db()
    assert (visit.action.step, visit.window_first) == ("2", day("2026-07-06"))
    assert Inspection.objects.filter(reported_at=None).get().action.step == "1"


def test_what_a_person_changed_here_is_kept_while_the_ledger_says_the_same(path, manager):
    book(path, [HEADER, row("A-1"), row("A-2")])
    imported(path)
    save_contract(contract=Contract.objects.get(number="A-1"), values={"project": "智慧港口"}, by=manager, at=AT)
    assert counts(imported(path)) == (0, 0, 2, 0, 0)
    book(path, [HEADER, row("A-1", 巡检次数=4), row("A-2")])
    assert counts(imported(path)) == (0, 1, 1, 0, 0)
    contract = Contract.objects.get(number="A-1")
    assert (contract.project, contract.inspections_per_year) == ("智慧港口", 4)


def test_a_quoted_contract_is_a_conflict_and_left_alone(path):
    book(path, [HEADER, row("A-1"), row("A-2")])
    imported(path)
    drafted(Contract.objects.get(number="A-1"))
    before = snapshot()
    book(path, [HEADER, row("A-1", 合同金额=900000), row("A-2", 合同金额=900000)])
    result = imported(path)
    assert counts(result) == (0, 1, 0, 0, 1)
    assert result["conflicts"] == [
        {"sheet": "第1页", "row": 2, "contract": "A-1", "fields": {"amount": ["1000000.00 CNY", "900000.00 CNY"]}}
    ]
    assert snapshot()["RenewalQuote"] == before["RenewalQuote"]
    assert Contract.objects.get(number="A-1").amount == cny("1000000.00")


def test_coverage_agreed_here_is_not_undone_by_a_ledger(path, manager):
    book(path, [HEADER, row("A-1", 终验日期="2026-01-15")])
    imported(path)
    contract = Contract.objects.get()
    add_term(contract=contract, kind="goodwill", months=3, by=manager, at=AT, on=ON, origin="person")
    book(path, [HEADER, row("A-1", 终验日期="2026-01-20")])
    assert counts(imported(path)) == (0, 0, 0, 0, 1)
    assert terms("A-1") == ["free 2026-01-15…2027-01-15 0.00", "goodwill 2027-01-16…2027-04-15 0.00"]


def test_an_end_written_here_is_not_undone_by_the_same_ledger(path, manager):
    book(path, [HEADER, row("A-1", 终验日期="2026-01-15")])
    imported(path)
    set_last_day(
        term=MaintenanceTerm.objects.get(), last_day=day("2027-03-31"), reason="as signed", by=manager, at=AT, on=ON
    )
    assert counts(imported(path)) == (0, 0, 1, 0, 0)
    assert terms("A-1") == ["free 2026-01-15…2027-03-31 0.00 as signed"]


def test_a_dry_run_writes_nothing(path):
    book(path, [HEADER, row("A-1"), row("A-2", 合同金额=0)])
    before = snapshot()
    assert counts(imported(path, "--dry-run")) == (1, 0, 0, 1, 0)
    assert snapshot() == before


def test_a_file_that_is_no_ledger_is_said_so(tmp_path):
    (tmp_path / "x.xlsx").write_text("no workbook")
    with pytest.raises(CommandError):
        imported(tmp_path / "x.xlsx")
    with pytest.raises(CommandError):
        imported(tmp_path / "absent.xlsx")


class Killed(BaseException):
    """The process is gone."""


class CutOff:
    """Goes on until contracts are inserted for the n-th time."""

    def __init__(self, at: int) -> None:
        self.at, self.inserts = at, 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.inserts += sql.startswith('INSERT INTO "contracts_contract"')
        if self.inserts == self.at:
            raise Killed
        return execute(sql, *rest)


def test_an_import_cut_off_between_chunks_is_taken_up_again(path, monkeypatch):
    """Chunks are committed one by one; the same file again brings the rest."""
    book(path, [HEADER, *(row(f"A-{n}", 维保到期日="2027-03-15", 年维保费=150000) for n in range(10))])
    imported(path)
    undisturbed = snapshot()
    for model in (MaintenanceTerm, Contract, Customer):
        model.objects.all().delete()
    monkeypatch.setattr(loading, "CHUNK", 3)
    with pytest.raises(Killed), connection.execute_wrapper(CutOff(at=3)):
        imported(path)
    assert Contract.objects.count() == 6
    assert counts(imported(path)) == (4, 0, 6, 0, 0)
    for model in ("Contract", "MaintenanceTerm", "PlannedAction", "Inspection", "Customer"):
        assert snapshot()[model] == undisturbed[model]


def test_a_column_the_file_does_not_have_says_nothing(path):
    book(path, [HEADER, row("A-1", 维保到期日="2027-03-15", 年维保费=150000, 巡检次数=4, 免费维保期=24)])
    imported(path)
    before = snapshot()
    short = [name for name in HEADER if name not in ("巡检次数", "维保到期日", "年维保费", "免费维保期", "续保比例")]
    said = dict(zip(HEADER, row("A-1"), strict=True))
    book(path, [short, [said[name] for name in short]])
    assert counts(imported(path)) == (0, 0, 1, 0, 0)
    assert snapshot() == before
    book(path, [[*short, "巡检次数"], [*(said[name] for name in short), 2]])
    assert counts(imported(path)) == (0, 1, 0, 0, 0)
    assert Contract.objects.get().inspections_per_year == 2


def test_the_command_knows_how_columns_were_mapped_on_screen(path, manager):
    header = ["走访" if name == "巡检次数" else name for name in HEADER]
    LedgerImport.objects.create(name="x", on=ON, by=manager, at=AT, mapping={"走访": "inspections_per_year"})
    book(path, [header, row("A-1", 巡检次数=4)])
    imported(path)
    assert Contract.objects.get().inspections_per_year == 4


def test_a_file_without_any_ledger_is_refused(path):
    book(path, [["a", "b"], [1, 2]])
    with pytest.raises(CommandError, match="looks like a ledger"):
        imported(path)


def test_the_contracts_of_the_last_ledger_that_are_missing_in_the_next_are_named_and_left_alone(tmp_path):
    first = book(tmp_path / "a.xlsx", [HEADER, row("HT-1"), row("HT-2"), row("HT-3")])
    assert imported(first)["gone"] == []
    terminated = Contract.objects.of_number("HT-3")
    terminated.update(status="terminated", terminated_on=ON)
    second = book(tmp_path / "b.xlsx", [HEADER, row("ＨＴ－１"), row("HT-9")])
    before = list(Contract.objects.of_number("HT-2").values())
    assert imported(second, "--dry-run")["gone"] == ["HT-2"]
    assert imported(second)["gone"] == ["HT-2"]
    assert list(Contract.objects.of_number("HT-2").values()) == before
    assert imported(second)["gone"] == []
