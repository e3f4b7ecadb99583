"""Ledgers made for a test, and what importing them did."""

import json
from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
from django.core.management import call_command

from tests.chain import ON
from warranty.models import MaintenanceTerm

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
