"""A ledger as account managers keep it, for the demo: alive on whatever day it is made, and as messy as real ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle, groupby
from pathlib import Path
from random import Random
from typing import BinaryIO, Final, TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ops.demo.handwriting import Hand, Written
from ops.demo.sample import Sample, samples

Row: TypeAlias = dict[str, Written]

#: One in so many rows cannot be taken, and one in so many has a code or address that fails.
_BAD_ONE_IN: Final = 12
_WARNED_ONE_IN: Final = 25


@dataclass(frozen=True)
class _Layout:
    """A sheet's columns, field and heading, in the order of one branch office; `unit` is that of plain sums."""

    columns: Mapping[str, str]
    title: str
    remark: str
    unit: int = 1


_LAYOUTS: Final = (
    _Layout(
        {
            "serial": "序号", "number": "合同编号", "project": "项目名称", "customer": "客户单位", "credit_code": "统一社会信用代码",
            "amount": "合同金额(元)", "signed_on": "签订日期", "go_live_on": "上线日期", "preliminary_on": "初验日期",
            "final_acceptance_on": "终验日期", "free_months": "免费维保期", "renewal_rate": "续保比例",
            "inspections_per_year": "巡检次数/年", "covered_until": "维保到期日", "annual_fee": "年维保费(元)", "manager": "客户经理",
            "project_manager": "项目经理", "contact": "客户联系人", "phone": "联系电话", "email": "邮箱", "note": "备注",
        },
        "维保合同台账（{}年签订）",
        "",
    ),
    _Layout(
        {
            "serial": "No.", "customer": "甲方", "project": "合同名称", "number": "合同号", "manager": "销售经理",
            "signed_on": "签约时间", "amount": "合同总价", "final_acceptance_on": "终验时间", "free_months": "免费质保期",
            "covered_until": "到期日", "annual_fee": "维保金额", "renewal_rate": "续保费率", "inspections_per_year": "巡检频次",
            "credit_code": "税号", "project_manager": "项目负责人", "contact": "甲方联系人", "phone": "手机", "email": "E-mail",
            "go_live_on": "系统上线时间", "preliminary_on": "初验时间", "note": "说明",
        },
        "{}年合同及续保情况表",
        "单位：万元",
        10_000,
    ),
)  # fmt: skip


def write_demo_ledger(
    target: str | Path | BinaryIO, *, on: date, contracts: int = 300, seed: int = 20, due_on: date | None = None
) -> None:
    """Write an .xlsx of `contracts` contracts as of `on`, one sheet for each year of signing.

    Quotes, reminders and ends fall due on `due_on` (default: `on`; at most nine months later), the day on which
    the demo is looked at.
    About one row in twelve is bad in one of the ways of docs/ledger.md 7, and a few codes and addresses fail.
    The same days and seed give the same ledger.
    """
    random = Random(seed)  # noqa: S311
    facts = samples(on, contracts, random, due_on=due_on or on)
    hand = Hand(random)
    with Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": datetime.combine(on, time())})
        book.add_worksheet("填表说明").write_string(0, 0, "本表由各客户经理每月更新，终验后填写终验日期。")
        spoil = _Spoiler(on, random)
        for place, (year, signed) in enumerate(groupby(facts, key=lambda fact: fact.signed_on.year)):
            layout = _LAYOUTS[place % len(_LAYOUTS)]
            rows = spoil.rows([(fact, _row(fact, layout, hand)) for fact in signed])
            _write(book.add_worksheet(f"{year}年"), layout, year, on, rows)


def _row(fact: Sample, layout: _Layout, hand: Hand) -> Row:
    return {
        "number": fact.number,
        "project": fact.project,
        "customer": fact.customer.name if layout.unit == 1 else hand.name(fact.customer.name),
        "credit_code": fact.customer.code,
        "amount": hand.sum(fact.amount, unit=layout.unit),
        "signed_on": hand.day(fact.signed_on),
        "go_live_on": fact.go_live_on and hand.day(fact.go_live_on),
        "preliminary_on": fact.preliminary_on and hand.day(fact.preliminary_on),
        "final_acceptance_on": hand.day(fact.accepted_on),
        "free_months": hand.months(fact.free_months),
        "renewal_rate": hand.rate(fact.rate),
        "inspections_per_year": hand.visits(fact.inspections),
        "covered_until": fact.covered_until and hand.day(fact.covered_until),
        "annual_fee": None if fact.fee is None else hand.sum(fact.fee, unit=layout.unit),
        "manager": fact.manager,
        "project_manager": fact.project_manager,
        "contact": fact.contact,
        "phone": fact.phone,
        "email": fact.email,
        "note": "已进入试运行" if fact.stage == "trial" else None,
    }


class _Spoiler:
    """Puts the faults of real ledgers into some rows, each kind in turn; what ends soon stays whole."""

    def __init__(self, on: date, random: Random) -> None:
        self.random = random
        later = on + timedelta(days=40)
        faults: list[Callable[[Sample], Row]] = [
            lambda fact: {"number": None},
            lambda fact: {"amount": "见合同"},
            lambda fact: {"signed_on": f"{fact.signed_on.year}-02-30"},
            lambda fact: {"final_acceptance_on": fact.signed_on - timedelta(days=45), "covered_until": None},
            lambda fact: {"renewal_rate": "25%"},
            lambda fact: {"annual_fee": f"{fact.amount * Decimal('0.21'):.2f}元"},
            lambda fact: {"amount": 0},
            lambda fact: {"signed_on": f"{fact.signed_on.year}年13月1日"},
            lambda fact: {"final_acceptance_on": f"{later}", "covered_until": None},
            lambda fact: {"customer": None},
            lambda fact: {"signed_on": f"{fact.signed_on:%y}.{fact.signed_on.month}.{fact.signed_on.day}"},
            lambda fact: {"free_months": "三年(含一年免费)"},
            lambda fact: {},  # the row stands twice
        ]
        warnings: list[Callable[[Sample], Row]] = [
            lambda fact: {"email": "暂无"},
            lambda fact: {"credit_code": fact.customer.code[:-1] + ("1" if fact.customer.code[-1] != "1" else "2")},
            lambda fact: {"email": f"{fact.email.split('@')[0]}@example"},
            lambda fact: {"credit_code": "9.1E+17"},
        ]
        self.faults, self.warnings = cycle(faults), cycle(warnings)

    def rows(self, written: Iterable[tuple[Sample, Row]]) -> list[Row]:
        rows: list[Row] = []
        for fact, row in written:
            rows.append(row)
            if fact.stage == "ending":
                continue
            if self.random.randrange(_BAD_ONE_IN) == 0:
                fault = next(self.faults)(fact)
                row.update(fault)
                rows += [] if fault else [dict(row)]
            elif self.random.randrange(_WARNED_ONE_IN) == 0:
                row.update(next(self.warnings)(fact))
        return rows


def _write(sheet: Worksheet, layout: _Layout, year: int, on: date, rows: Sequence[Row]) -> None:
    """Titles, header, rows with a gap here and there, customers of several rows merged, a total."""
    fields = list(layout.columns)
    sheet.set_column(0, len(fields), 14)
    sheet.merge_range(0, 0, 0, len(fields) - 1, layout.title.format(year))
    top = 1
    if layout.remark:
        sheet.write_row(1, 0, [layout.remark, None, None, f"制表日期：{on}"])
        top = 2
    sheet.write_row(top, 0, layout.columns.values())
    if layout.unit == 1:
        rows = sorted(rows, key=lambda row: str(row["customer"]))
    line = top + 1
    for serial, row in enumerate(rows, 1):
        line += 1 if serial % 20 == 0 and layout.unit != 1 else 0
        for column, field in enumerate(fields):
            _cell(sheet, line, column, serial if field == "serial" else row[field])
        line += 1
    if layout.unit == 1:
        _merge_customers(sheet, [row["customer"] for row in rows], top + 1, fields.index("customer"))
    sheet.write_string(line, 0, "合计")
    sheet.write_string(line, fields.index("note"), f"共 {len(rows)} 份")


def _cell(sheet: Worksheet, line: int, column: int, value: Written) -> None:
    if isinstance(value, str):
        sheet.write_string(line, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value)
    elif value is not None:
        sheet.write_number(line, column, value)


def _merge_customers(sheet: Worksheet, customers: Sequence[Written], first: int, column: int) -> None:
    line = first
    for customer, run in groupby(customers):
        length = len(list(run))
        if isinstance(customer, str) and length > 1:
            sheet.merge_range(line, column, line + length - 1, column, customer)
        line += length
