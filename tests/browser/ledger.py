"""A small ledger as an account manager keeps it: a title row, a column nobody knows, a doubtful cell, a bad row."""

from datetime import date
from pathlib import Path

import openpyxl

#: The column whose heading the product has never seen, and whom it names.
UNKNOWN, WHO = "咱们谁管", "李霞"
TO_RENEW, TO_ACCEPT, DOUBTFUL, BAD = "XS-2024-031", "XS-2024-032", "XS-2024-033", "XS-2024-034"


def write_ledger(path: Path, *, accepted_on: date) -> Path:
    """One contract in its last free months, one not accepted yet, one to be asked about, one without a sum."""
    rows = [
        [TO_RENEW, "北京市水务局", "防汛调度平台", "120万", "2024-03-01", accepted_on, "王主任", "wang@example.org", WHO],
        [TO_ACCEPT, "上海城投水务集团", "智慧水厂一期", 3029809.07, "2024.5.6", "未终验", "陈工", "chen@example.org", WHO],
        [DOUBTFUL, "苏州轨道交通公司", "票务系统", "￥880,000.00", "2024年6月1日", "25.3.5", "刘经理", "liu@example.org", WHO],
        [BAD, "杭州市大数据局", "一网通办", "面议", "2024-07-01", "", "赵科长", "zhao@example.org", WHO],
    ]  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2024年"
    sheet.append(["维保合同台账（2024 年）"])
    sheet.append(["合同编号", "客户名称", "项目名称", "合同金额", "签订日期", "终验日期", "联系人", "邮箱", UNKNOWN])
    for row in rows:
        sheet.append(row)
    sheet.append(["合计", None, None, "=SUM(D3:D6)"])
    book.save(path)
    return path
