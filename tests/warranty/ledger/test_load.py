"""Ledgers of other people: other names, orders, sheets, dates and currencies, again, changed, and taken up (DESIGN 2.6)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from moneyed import Money

from base.chatter.models import Event
from base.documents.models import OutgoingMail
from contracts.ledger.reader import read_ledger
from contracts.models import Contact, Contract, Customer
from contracts.operations import save_contract
from tests.chain import AT, ON, cny, day, drafted
from tests.factories import UserFactory
from tests.snapshot import snapshot
from warranty.enums import InspectionResult
from warranty.inspections import report
from warranty.ledger import load as loading
from warranty.ledger.coverage import SAME_DAY
from warranty.ledger.load import load
from warranty.models import Inspection, MaintenanceTerm
from warranty.operations import add_term, set_last_day
from warranty.plan.run import run_day

pytestmark = pytest.mark.django_db

HEADER = [
    "合同编号",
    "客户名称",
    "合同金额",
    "签订日期",
    "终验日期",
    "免费维保期",
    "维保到期日",
    "年维保费",
    "续保比例",
    "巡检次数",
]


def book(path: Path, *sheets: Sequence[Sequence[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for n, rows in enumerate(sheets):
        sheet = workbook.create_sheet(f"第{n + 1}页")
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.xlsx"


def row(number: str, **cells: Any) -> list[Any]:
    """A row under HEADER: an accepted contract of a million, as far as nothing else is said."""
    said = {
        "合同编号": number,
        "客户名称": "甲集团",
        "合同金额": 1000000,
        "签订日期": "2023-01-05",
        "终验日期": "2024-03-15",
        "免费维保期": 12,
    }
    return [(said | cells).get(name) for name in HEADER]


def imported(path: Path, *more: str, on: date = ON) -> dict[str, Any]:
    out = StringIO()
    call_command("import_ledger", str(path), "--on", str(on), "--format", "json", *more, stdout=out)
    return json.loads(out.getvalue())


def counts(result: dict[str, Any]) -> tuple[int, int, int, int, int]:
    return (
        *(result[name] for name in ("created", "updated", "unchanged")),
        *(len(result[name]) for name in ("rejected", "conflicts")),
    )


def terms(number: str) -> list[str]:
    found = MaintenanceTerm.objects.filter(contract__number=number).order_by("first_day")
    return [
        f"{t.kind} {t.first_day}…{t.last_day} {t.price.amount}{' ' + t.hand_set_reason if t.hand_set_reason else ''}"
        for t in found
    ]


# Other shapes


def test_english_headers_in_another_order_under_titles_on_two_sheets(path):
    first = [
        ["Maintenance contracts"],
        [],
        ["Buyer", "Contract no.", "Accepted on", "Signed on", "Amount", "Ccy", "Warranty (months)", "Visits / year", "Covered until", "Annual fee"],
        ["Harbour Ltd", "A-1", datetime(2025, 6, 1), datetime(2024, 1, 2), 250000.5, "USD", 24, 4, None, None],
        [None, None, None, None, 250000.5, None, None, None, None, None],
        ["Harbour Ltd", "A-2", "2025/6/1", "2024/1/2", "¥12,345,678", "JPY", 12, 1, "2027-06-01", "2000000"],
    ]  # fmt: skip
    second = [
        ["合同号", "甲方", "合同总价（万元）", "签约时间", "终验时间"],
        ["B-1", "海港集团", "120", "20240102", "20250601"],
    ]
    assert counts(imported(book(path, first, second)))[:4] == (3, 0, 0, 0)
    assert Contract.objects.get(number="A-1").amount == Money("250000.50", "USD")
    assert terms("A-1") == ["free 2025-06-01…2027-06-01 0.00"]
    assert Contract.objects.get(number="A-2").amount == Money("12345678.00", "JPY")
    assert terms("A-2") == ["free 2025-06-01…2026-06-01 0.00", "paid 2026-06-02…2027-06-01 2000000.00"]
    assert Contract.objects.get(number="B-1").amount == cny("1200000.00")


@pytest.mark.parametrize(
    "signed_on",
    [
        "2024-01-02",
        "2024/1/2",
        "2024.1.2",
        "2024年1月2日",
        "20240102",
        "２０２４－１－２",
        45293,
        datetime(2024, 1, 2),
        " 2024-01-02 ",
    ],
)
def test_one_day_in_all_hands(path, signed_on):
    assert counts(imported(book(path, [HEADER, row("A-1", 签订日期=signed_on)])))[0] == 1
    assert Contract.objects.get().signed_on == day("2024-01-02")


def test_customers_are_one_by_their_name_however_it_is_written(path):
    names = ["明珠港务（集团）有限公司", "明珠港务(集团)有限公司", "明珠港务 （集团）有限公司"]
    book(path, [HEADER, *(row(f"A-{n}", 客户名称=name) for n, name in enumerate(names))])
    assert counts(imported(path))[0] == 3
    assert Customer.objects.get().name == names[0]


# Coverage


def test_paid_years_lie_on_the_anchor_each_at_the_yearly_fee(path):
    assert (
        counts(
            imported(book(path, [HEADER, row("A-1", 终验日期="2024-02-29", 维保到期日="2028-02-29", 年维保费="15万")]))
        )[0]
        == 1
    )
    assert terms("A-1") == [
        "free 2024-02-29…2025-02-28 0.00",
        "paid 2025-03-01…2026-02-28 150000.00",
        "paid 2026-03-01…2027-02-28 150000.00",
        "paid 2027-03-01…2028-02-29 150000.00",
    ]


def test_an_end_one_day_short_is_asked_and_answered(path):
    book(
        path,
        [
            HEADER,
            row("A-1", 维保到期日="2027-03-14", 年维保费=150000),
            row("A-2", 维保到期日="2027-03-14", 年维保费=150000),
        ],
    )
    asked = imported(path)
    assert [(each["row"], each["field"], each["problem"]) for each in asked["rejected"]] == [
        (2, "covered_until", "ambiguous"),
        (3, "covered_until", "ambiguous"),
    ]
    ledger = read_ledger(path, on=ON)
    load(ledger, by=None, at=AT, on=ON, answers={("第1页", 2, SAME_DAY): "yes", ("第1页", 3, SAME_DAY): "no"})
    assert Contract.objects.get(number="A-1").same_day
    assert terms("A-1") == [
        "free 2024-03-15…2025-03-14 0.00",
        "paid 2025-03-15…2026-03-14 150000.00",
        "paid 2026-03-15…2027-03-14 150000.00",
    ]
    assert terms("A-2") == [
        "free 2024-03-15…2025-03-15 0.00",
        "paid 2025-03-16…2026-03-15 150000.00",
        "paid 2026-03-16…2027-03-14 150000.00 ledger",
    ]


def test_a_day_off_the_anchor_was_written_by_hand_and_the_next_price_is_the_yearly_fee(path):
    book(path, [HEADER, row("A-1", 维保到期日="2027-01-31", 年维保费=150000), row("A-2", 维保到期日="2026-12-31")])
    assert counts(imported(path))[0] == 2
    assert terms("A-1")[-1] == "paid 2026-03-16…2027-01-31 150000.00 ledger"
    assert terms("A-2") == ["free 2024-03-15…2026-12-31 0.00 ledger"]
    assert drafted(Contract.objects.get(number="A-1")).price == cny("150000.00")
    assert drafted(Contract.objects.get(number="A-2")).price == cny("200000.00")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"维保到期日": "2024-03-14"}, "covered_until"),
        ({"终验日期": None, "维保到期日": "2026-03-15"}, "covered_until"),
        ({"年维保费": 200000.01, "维保到期日": "2026-03-15"}, "annual_fee"),
        ({"续保比例": "21%"}, "renewal_rate"),
        ({"终验日期": "2026-11-23"}, "final_acceptance_on"),
        ({"终验日期": "2022-12-31"}, "final_acceptance_on"),
        ({"合同金额": 0}, "amount"),
        ({"签订日期": "去年"}, "signed_on"),
        ({"客户名称": None}, "customer"),
        ({"合同编号": None}, "number"),
    ],
)
def test_a_bad_row_is_rejected_alone(path, cells, field):
    result = imported(book(path, [HEADER, row("A-1"), row("A-2", **cells), row("A-3")]))
    assert counts(result) == (2, 0, 0, 1, 0)
    assert (result["rejected"][0]["row"], result["rejected"][0]["field"]) == (3, field)
    assert set(Contract.objects.values_list("number", flat=True)) == {"A-1", "A-3"}


def test_a_number_seen_before_in_the_file_is_a_duplicate_even_of_a_rejected_row(path):
    result = imported(book(path, [HEADER, row("A-1", 合同金额="无")], [HEADER, row("A-1")]))
    assert [(each["sheet"], each["field"]) for each in result["rejected"]] == [("第1页", "amount"), ("第2页", "number")]
    assert not Contract.objects.exists()


def test_a_term_that_is_over_is_history(path):
    book(path, [HEADER, row("A-1", 签订日期="2018-01-02", 终验日期="2019-03-15"), row("A-2", 终验日期="2025-11-22")])
    imported(path)
    assert set(Contract.objects.get(number="A-1").plan.values_list("state", flat=True)) == {"skipped"}
    run_day(on=ON, by=None, at=AT)
    assert not OutgoingMail.objects.exists()
    # The one that ends today is offered its renewal.
    assert Contract.objects.get(number="A-2").quotes.count() == 1


def test_an_account_manager_is_known_by_name(path):
    chen = UserFactory(role="manager", display_name="陈静")
    book(path, [[*HEADER, "客户经理"], [*row("A-1"), "陈静"], [*row("A-2"), "某人"]])
    imported(path)
    assert Contract.objects.get(number="A-1").manager == chen
    unassigned = Contract.objects.get(number="A-2")
    assert (unassigned.manager, unassigned.manager_name) == (None, "某人")


def test_each_contract_has_its_own_reader(path):
    book(
        path,
        [
            [*HEADER, "联系人", "邮箱"],
            [*row("A-1"), "王女士", "wang@customer.example"],
            [*row("A-2"), "李先生", "li@customer.example"],
            [*row("A-3"), "王女士", "wang@customer.example"],
        ],
    )
    imported(path)
    readers = dict(Contract.objects.values_list("number", "contact__email"))
    assert readers == {"A-1": "wang@customer.example", "A-2": "li@customer.example", "A-3": "wang@customer.example"}
    assert Contact.objects.count() == 2


# Again, and changed


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
    report(inspection=visit, visited_on=day("2026-07-10"), **given)
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


# Cut off


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
