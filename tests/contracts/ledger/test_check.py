from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from contracts.ledger import Ledger, Problem, RawRow, Table, check_ledger, read_ledger

ON = date(2026, 11, 22)
HEADERS = {
    "number": "合同编号", "project": "项目名称", "customer": "客户名称", "credit_code": "统一社会信用代码",
    "amount": "合同金额",
    "currency": "币种", "signed_on": "签订日期", "final_acceptance_on": "终验日期", "go_live_on": "上线日期",
    "preliminary_on": "初验日期", "free_months": "免费维保期", "renewal_rate": "续保比例",
    "inspections_per_year": "巡检次数",
    "covered_until": "维保到期日", "annual_fee": "年维保费", "manager": "客户经理", "project_manager": "项目经理",
    "contact": "联系人", "phone": "电话", "email": "邮箱", "note": "备注", "state": "合同状态",
}  # fmt: skip
GOOD = {
    "number": "HT-1", "project": "平台", "customer": "某某局（本级）", "credit_code": "91000000000000019G",
    "amount": "120万",
    "signed_on": "2024.1.5", "final_acceptance_on": datetime(2024, 12, 31), "go_live_on": "2024年6月1日",
    "preliminary_on": "20240701", "free_months": "18个月", "renewal_rate": "15%", "inspections_per_year": "每季度一次",
    "covered_until": "2027/6/30", "annual_fee": "180,000.00", "manager": "王芳", "project_manager": "张明",
    "contact": "李娜",
    "phone": 13800000000, "email": "user1@example.com", "note": " 急 ",
}  # fmt: skip


@pytest.fixture
def check(book):
    """Checks a ledger of GOOD rows with the given changes; rows are numbered HT-1, HT-2 … unless they say."""

    def judge(*changes, **options):
        header = list(HEADERS.values())
        rows = []
        for place, change in enumerate(changes, 1):
            cells = GOOD | {"number": f"HT-{place}"} | change
            rows.append([cells.get(field) for field in HEADERS])
        return check_ledger(read_ledger(book({"台账": [["台账"], header, *rows]}), on=ON), **options)

    return judge


def faults(checked):
    return [(fault.row, fault.field, fault.text()) for fault in checked.rejected]


def test_a_good_row(check):
    checked = check({})
    (row,) = checked.rows
    assert (checked.rejected, checked.warnings) == ((), ())
    names = (HEADERS.keys() - {"currency", "state"}) | {"sheet", "row", "customer_key", "notes"}
    assert {name: getattr(row, name) for name in names} == {
        "sheet": "台账", "row": 3, "number": "HT-1", "project": "平台", "customer": "某某局（本级）",
        "customer_key": "某某局(本级)",
        "credit_code": "91000000000000019G", "amount": Money("1200000.00", "CNY"), "signed_on": date(2024, 1, 5),
        "final_acceptance_on": date(2024, 12, 31), "go_live_on": date(2024, 6, 1), "preliminary_on": date(2024, 7, 1),
        "free_months": 18, "renewal_rate": Decimal("0.15"), "inspections_per_year": 4,
        "covered_until": date(2027, 6, 30),
        "annual_fee": Money("180000.00", "CNY"), "manager": "王芳", "project_manager": "张明", "contact": "李娜",
        "phone": "13800000000", "email": "user1@example.com", "note": "急", "notes": (),
    }  # fmt: skip


def test_defaults_of_blank_cells(check):
    keep = ("number", "customer", "amount", "signed_on")
    (row,) = check(dict.fromkeys(set(GOOD) - set(keep))).rows
    assert (row.free_months, row.renewal_rate, row.inspections_per_year) == (12, None, 2)
    assert (row.final_acceptance_on, row.covered_until, row.annual_fee) == (None, None, None)
    assert (row.project, row.manager, row.contact, row.phone, row.email, row.credit_code, row.note) == ("",) * 7


@pytest.mark.parametrize(
    ("field", "cell", "problem"),
    [
        ("number", None, "missing"), ("number", " ", "missing"), ("number", "/", "missing"),
        ("number", "待定", "missing"),
        ("number", "#REF!", "ambiguous"), ("number", "HT-" + "9" * 60, "too long"),
        ("amount", None, "not a positive amount"), ("amount", 0, "not a positive amount"),
        ("amount", "-5", "not a positive amount"),
        ("amount", "(1,200.00)", "not a positive amount"), ("amount", "待定", "not a positive amount"),
        ("amount", "见合同", "not a positive amount"), ("amount", "壹拾贰万", "not a positive amount"),
        ("amount", 0.001, "not a positive amount"), ("amount", "#N/A", "ambiguous"),
        ("amount", 10**11, "too large"),
        ("amount", 1e300, "too large"),
        ("currency", "美金币", "ambiguous"), ("signed_on", None, "not a date"), ("signed_on", "—", "not a date"),
        ("signed_on", "详见合同", "not a date"), ("signed_on", "2023-02-30", "not a date"),
        ("signed_on", "2024年13月1日", "not a date"), ("signed_on", "24.1.5", "ambiguous"),
        ("signed_on", "2024年1月", "ambiguous"),
        ("final_acceptance_on", "去年底", "not a date"), ("final_acceptance_on", "#REF!", "ambiguous"),
        ("final_acceptance_on", "2024年12月", "ambiguous"), ("final_acceptance_on", "2024-01-04", "before signing"),
        ("final_acceptance_on", "2026-11-23", "after the import day"),
        ("covered_until", "2027.13.1", "not a date"), ("covered_until", "2027年6月", "ambiguous"),
        ("covered_until", "2024-12-30", "before final acceptance"),
        ("go_live_on", "abc", "not a date"), ("preliminary_on", "24.7.1", "ambiguous"),
        ("free_months", "三年(含一年免费)", "ambiguous"), ("free_months", 1, "ambiguous"),
        ("renewal_rate", "25%", "above the 20% cap"), ("renewal_rate", 0.3, "above the 20% cap"),
        ("renewal_rate", "20.01%", "above the 20% cap"), ("renewal_rate", 30, "above the 20% cap"),
        ("renewal_rate", 1e300, "above the 20% cap"), ("renewal_rate", "10%-15%", "ambiguous"),
        ("renewal_rate", "12.345%", "ambiguous"),
        ("renewal_rate", 1e-9, "ambiguous"),
        ("inspections_per_year", "按需", "ambiguous"), ("annual_fee", "240000.01", "above the cap"),
        ("annual_fee", "30万", "above the cap"),
        ("annual_fee", 1e300, "above the cap"), ("annual_fee", "-5", "ambiguous"), ("annual_fee", "$5", "ambiguous"),
        ("annual_fee", "约5万", "ambiguous"), ("customer", None, "missing"), ("customer", "/", "missing"),
        ("customer", "#N/A", "ambiguous"),
        ("customer", "局" * 101, "too long"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_alone(check, field, cell, problem):
    checked = check({}, {field: cell}, {})
    assert faults(checked) == [(4, field, problem)]
    assert [row.row for row in checked.rows] == [3, 5]


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("final_acceptance_on", "2026-11-22"), ("final_acceptance_on", "2024-01-05"), ("renewal_rate", "20%"),
        ("renewal_rate", 0.2),
        ("renewal_rate", 0.2000000001), ("annual_fee", "240000.00"), ("annual_fee", 240000.004),
        ("covered_until", "2024-12-31"),
        ("amount", 99999999999.99),
    ],
)  # fmt: skip
def test_edges_that_are_good(check, field, cell):
    assert faults(check({field: cell})) == []


def test_the_fee_is_judged_by_the_floored_cap(check):
    """docs/rules.md 2.1: 333,333.33 at 20 % is 66,666.66; what a formula computed beyond the fen is cut off."""
    good, computed, bad = ({"amount": 333333.33, "annual_fee": fee} for fee in (66666.66, 333333.33 * 0.2, 66666.67))
    checked = check(good, computed, bad)
    assert faults(checked) == [(5, "annual_fee", "above the cap")]
    assert {row.annual_fee for row in checked.rows} == {Money("66666.66", "CNY")}


def test_a_lower_cap_rate(check):
    checked = check(
        {"renewal_rate": "12.6%"}, {"renewal_rate": "12.5%", "annual_fee": 150000}, cap_rate=Decimal("0.125")
    )
    assert faults(checked) == [(3, "renewal_rate", "above the 12.5% cap")]
    assert faults(check({"renewal_rate": 5, "annual_fee": 150001}, cap_rate=Decimal("0.125"))) == [
        (3, "annual_fee", "above the cap")
    ]


def test_the_first_fault_in_order_is_told(check):
    """docs/ledger.md 7: number, amount, dates, order of dates, rate, fee, customer."""
    bad = {
        "number": None, "amount": "待定", "signed_on": "2025-02-30", "final_acceptance_on": "abc",
        "covered_until": "abc",
        "renewal_rate": "25%", "annual_fee": "30万", "customer": None,
    }  # fmt: skip
    told = []
    while bad:
        ((_, field, _),) = faults(check(bad))
        told.append(field)
        del bad[field]
    assert told == [
        "number", "amount", "signed_on", "final_acceptance_on", "covered_until", "renewal_rate", "annual_fee",
        "customer",
    ]  # fmt: skip
    unread_before_unordered = {"final_acceptance_on": "2023-12-31", "covered_until": "abc"}
    assert faults(check(unread_before_unordered)) == [(3, "covered_until", "not a date")]
    assert faults(check({"final_acceptance_on": "2023-12-31", "renewal_rate": "25%"})) == [
        (3, "final_acceptance_on", "before signing")
    ]


def test_a_number_comes_once_even_if_its_first_row_is_bad(check):
    same = {"number": "HT-A"}
    checked = check({**same, "amount": "待定"}, same, {"number": " ｈｔ－ａ "}, {"number": "HT-B"})
    assert faults(checked) == [
        (3, "amount", "not a positive amount"),
        (4, "number", "duplicate"),
        (5, "number", "duplicate"),
    ]


def test_numbers_of_several_sheets(book):
    header = ["合同编号", "客户名称", "合同金额", "签订日期"]
    sheets = {name: [header, [20250001, "甲局", 5, "2025.1.5"]] for name in ("一", "二")}
    checked = check_ledger(read_ledger(book(sheets), on=ON))
    assert [row.number for row in checked.rows] == ["20250001"]
    assert [(fault.sheet, *fault.as_dict().values()) for fault in checked.rejected] == [
        ("二", "二", 2, "number", "20250001", "duplicate")
    ]


def test_coverage_needs_an_acceptance(check):
    assert faults(check({"final_acceptance_on": "未终验"})) == [(3, "covered_until", "without final acceptance")]
    assert faults(check({"final_acceptance_on": "未终验", "covered_until": "/"})) == []


def test_words_instead_of_values_become_notes(check):
    cells = {
        "covered_until": "长期",
        "renewal_rate": "面议",
        "annual_fee": "详见合同",
        "go_live_on": "终验后一年",
        "email": "a@example.com b@example.com",
    }
    checked = check(cells)
    (row,) = checked.rows
    assert (row.covered_until, row.renewal_rate, row.annual_fee, row.go_live_on) == (None, None, None, None)
    assert dict(row.notes) == cells
    assert checked.warnings == ()


def test_codes_and_addresses_that_fail_are_warnings(check):
    checked = check(
        {"credit_code": "91000000000000019H"}, {"credit_code": "9.1E+17"}, {"email": "暂无"},
        {"email": "a@b", "credit_code": "x"},
        {"email": "a@b", "credit_code": "x", "amount": 0}, {"email": f"{'a' * 250}@example.com"},
    )  # fmt: skip
    assert [(warning.row, warning.field, warning.value, warning.text()) for warning in checked.warnings[:5]] == [
        (3, "credit_code", "91000000000000019H", "check failed"),
        (4, "credit_code", "9.1E+17", "damaged"),
        (5, "email", "暂无", "not an address"),
        (6, "credit_code", "x", "check failed"),
        (6, "email", "a@b", "not an address"),
    ]
    assert [(warning.row, warning.field) for warning in checked.warnings[5:]] == [(8, "email")]
    assert faults(checked) == [(7, "amount", "not a positive amount")]
    assert [(row.credit_code[:2], row.email[:2]) for row in checked.rows] == [
        ("", "us"), ("", "us"), ("91", ""), ("", ""), ("91", ""),
    ]  # fmt: skip


def test_two_valid_codes_under_one_name_are_asked(check):
    other = {"credit_code": "91000000MA0000007C"}
    checked = check(
        {"customer": "某某局(本级) "}, other, {"credit_code": "91000000000000019H"}, {**other, "customer": "另一局"}
    )
    assert faults(checked) == [(4, "credit_code", "ambiguous")]
    assert checked.rejected[0].proposal == "91000000000000019G"
    assert [row.customer_key for row in checked.rows] == ["某某局(本级)", "某某局(本级)", "另一局"]


def test_a_code_of_a_rejected_row_counts_for_nobody(check):
    checked = check({"credit_code": "91000000MA0000007C", "amount": 0}, {})
    assert faults(checked) == [(3, "amount", "not a positive amount")]


def test_another_code_than_the_known_customers_is_asked(check):
    assert faults(check({}, codes={"某某局(本级)": "91000000MA0000007C"})) == [(3, "credit_code", "ambiguous")]
    assert faults(check({}, codes={"某某局(本级)": "91000000000000019G"})) == []


def test_answers_replace_ambiguous_cells(check):
    change = {"signed_on": "24.1.5", "free_months": "三年(含一年免费)"}
    asked = check(change).rejected[0]
    assert (asked.field, asked.proposal) == ("signed_on", "2024-01-05")
    answers = {
        ("台账", 3, "signed_on"): asked.proposal,
        ("台账", 3, "free_months"): "12个月",
        ("别的", 3, "amount"): "0",
    }
    (row,) = check(change, answers=answers).rows
    assert (row.signed_on, row.free_months) == (date(2024, 1, 5), 12)


@pytest.mark.parametrize(
    ("change", "amount", "fee"),
    [
        ({"amount": "$120,000", "annual_fee": "2万"}, Money(120000, "USD"), Money(20000, "USD")),
        ({"amount": 120000, "currency": "美元", "annual_fee": "$20,000"}, Money(120000, "USD"), Money(20000, "USD")),
        ({"amount": "12万美元", "currency": "USD", "annual_fee": None}, Money(120000, "USD"), None),
        ({"amount": "￥120000", "currency": "JPY", "annual_fee": None}, Money(120000, "JPY"), None),
        ({"amount": "120000.125", "currency": "人民币", "annual_fee": 0}, Money("120000.13", "CNY"), None),
        ({"amount": 120000, "currency": "eur", "annual_fee": "/"}, Money(120000, "EUR"), None),
    ],
)
def test_currencies(check, change, amount, fee):
    (row,) = check(change).rows
    assert (row.amount, row.annual_fee) == (amount, fee)


def test_a_sum_that_contradicts_its_currency_is_asked(check):
    assert faults(check({"amount": "$120,000", "currency": "人民币"})) == [(3, "currency", "ambiguous")]


@pytest.mark.parametrize(
    ("contact", "phone", "expected"),
    [
        ("李娜", "13800000000", ("李娜", "13800000000")),
        ("李娜 13800000000", None, ("李娜", "13800000000")),
        ("李娜（0571-88888888）", "", ("李娜", "0571-88888888")),
        (None, "李娜：13800000000", ("李娜", "13800000000")),
        ("13800000000", None, ("13800000000", "")),
        ("李娜13800000000、王伟13900000000", None, ("李娜13800000000、王伟13900000000", "")),
        (None, "0571-88888888", ("", "0571-88888888")),
        ("李娜 13800000000", "0571-88888888", ("李娜 13800000000", "0571-88888888")),
    ],
)
def test_a_person_and_a_phone_in_one_cell(check, contact, phone, expected):
    (row,) = check({"contact": contact, "phone": phone}).rows
    assert (row.contact, row.phone) == expected


def test_long_words_are_cut_and_kept_as_a_note(check):
    (row,) = check({"project": "系" * 151}).rows
    assert (row.project, row.notes) == ("系" * 150, (("project", "系" * 151),))


def test_a_floor_above_may_reject_a_row(check):
    (row,) = check({}).rows
    assert row.reject("covered_until", Problem.IMPOSSIBLE).as_dict() == {
        "sheet": "台账", "row": 3, "field": "covered_until", "value": "2027/6/30", "problem": "impossible",
    }  # fmt: skip


def test_problems_are_told_in_the_users_language(check):
    (fault,) = check({"renewal_rate": "25%"}).rejected
    assert fault.text({"above the %(cap)s cap": "超过 %(cap)s 上限"}.__getitem__) == "超过 20% 上限"


cells = st.one_of(
    st.none(),
    st.text(),
    st.sampled_from(
        [*GOOD.values(), "/", "详见合同", "2026年3月", "三年(含一年免费)", "#N/A", "￥1.2亿", "9.1E+17", "a@b", "25%"]
    ),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(st.dictionaries(st.sampled_from(list(HEADERS)), cells), max_size=4))
def test_whatever_a_ledger_holds_each_row_is_taken_or_rejected(changes):
    rows = [
        RawRow("台账", place, tuple((GOOD | {"number": f"HT-{place}"} | change).get(field) for field in HEADERS))
        for place, change in enumerate(changes, 2)
    ]
    table = Table("台账", 1, tuple(HEADERS.values()), dict(enumerate(HEADERS)), {}, tuple(rows))
    checked = check_ledger(Ledger(ON, (table,), {}))
    assert sorted([row.row for row in checked.rows] + [fault.row for fault in checked.rejected]) == [
        row.number for row in rows
    ]
    for row in checked.rows:
        assert row.amount.amount > 0
        assert row.signed_on <= (row.final_acceptance_on or row.signed_on) <= max(ON, row.signed_on)
        assert row.renewal_rate is None or 0 < row.renewal_rate <= Decimal("0.2")
        assert row.annual_fee is None or row.annual_fee * 5 <= row.amount


# What is unknown is not blank


@pytest.mark.parametrize("field", ["number", "amount", "currency", "signed_on", "final_acceptance_on", "covered_until",
    "go_live_on", "free_months", "renewal_rate", "inspections_per_year", "annual_fee", "customer", "credit_code", "state"])  # fmt: skip
@pytest.mark.parametrize("cell", ["=A1+1", "#N/A"])
def test_a_value_that_the_file_does_not_hold_is_asked_about(check, field, cell):
    checked = check({field: cell}, {})
    assert faults(checked) == [(3, field, "ambiguous")]
    assert [row.row for row in checked.rows] == [4]


@pytest.mark.parametrize("field", ["project", "manager", "project_manager", "contact", "phone", "email", "note"])
def test_of_what_only_describes_it_is_warned(check, field):
    checked = check({field: "=A1&B1"})
    assert [(each.field, each.text()) for each in checked.warnings] == [(field, "unknown value")]
    assert getattr(checked.rows[0], field) == ""


@pytest.mark.parametrize(
    ("cell", "proposal"),
    [
        ("2025-03-14T16:00:00.000Z", "2025-03-15"), ("2025-03-14T16:00:00Z", "2025-03-15"),
        ("2025-03-14T23:30:00+00:00", "2025-03-15"), (datetime(2025, 3, 14, 23, 59, 17), "2025-03-15"),
        ("45730.99951", "2025-03-15"),
    ],
)  # fmt: skip
def test_a_day_that_lost_its_zone_or_its_seconds_is_asked_about(check, cell, proposal):
    (fault,) = check({"final_acceptance_on": cell}).rejected
    assert (fault.field, fault.text(), fault.proposal) == ("final_acceptance_on", "ambiguous", proposal)
    assert fault.as_dict()["proposal"] == proposal


@pytest.mark.parametrize(
    "cell", ["2025-03-14T08:00:00Z", "2025-03-14T00:00:00+08:00", datetime(2025, 3, 14, 23, 59), "2025-03-14 23:59:59"]
)
def test_a_moment_of_the_same_day_here_is_that_day(check, cell):
    (row,) = check({"final_acceptance_on": cell}).rows
    assert row.final_acceptance_on == date(2025, 3, 14)


def test_a_time_that_makes_a_day_doubtful_is_shown(check):
    (rejected,) = check({"final_acceptance_on": datetime(2025, 3, 14, 23, 59, 17)}).rejected
    assert (rejected.value, rejected.proposal) == ("2025-03-14 23:59:17", "2025-03-15")


def test_no_end_beside_a_yearly_fee_is_asked_about(check):
    assert faults(check({"covered_until": "长期"})) == [(3, "covered_until", "ambiguous")]
    assert faults(check({"covered_until": "长期", "annual_fee": None})) == []


@pytest.mark.parametrize(
    ("accepted", "free", "proposal"),
    [
        ("2024-03-15", 12, "2027-03-15"),
        ("2026-03-15", 12, "2027-03-15"),
        ("2020-02-29", 24, "2027-02-28"),
        ("2024-11-22", 12, "2026-11-22"),
    ],
)
def test_for_a_fee_without_an_end_the_year_that_runs_is_proposed(check, accepted, free, proposal):
    cells = {
        "covered_until": "长期",
        "signed_on": "2019-01-05",
        "final_acceptance_on": accepted,
        "free_months": f"{free}个月",
    }
    (rejected,) = check(cells).rejected
    assert (rejected.field, rejected.proposal) == ("covered_until", proposal)


# One rule of sameness


def test_numbers_are_one_however_they_are_typed(check):
    checked = check({"number": "HT-2024-001"}, {"number": "ＨＴ－２０２４－００１"}, {"number": "ht-2024- 001"})
    assert faults(checked) == [(4, "number", "duplicate"), (5, "number", "duplicate")]
    assert {fault.more for fault in checked.rejected} == {"台账 3"}


def test_one_code_under_two_names_is_asked_about(check):
    other = {"customer": "另一局"}
    assert faults(check({}, other)) == [(4, "credit_code", "ambiguous")]
    for answer, before in (("renamed", "某某局(本级)"), ("another", "")):
        checked = check({}, other, answers={("台账", 4, "same_customer"): answer})
        assert (faults(checked), checked.rows[1].renamed_from) == ([], before)
    known = {"某某局(本级)": "91000000000000019G", "另一局": "91000000000000019G"}
    assert faults(check({}, other, codes=known)) == []


def test_what_a_reason_rests_on(check):
    (fault,) = check({"annual_fee": "240000.01"}).rejected
    assert fault.more == "240,000.00 CNY"


@pytest.mark.parametrize(
    ("word", "life"),
    [
        ("已终止", "terminated"), ("作废", "terminated"), ("已解除", "terminated"), ("已完成", "over"), ("已结束", "over"),
        ("到期", "over"), ("执行中", "active"), ("履行中", "active"), ("生效", "active"), ("", None), ("/", None),
    ],
)  # fmt: skip
def test_the_ledgers_own_words_of_life(check, word, life):
    (row,) = check({"state": word}).rows
    assert row.life == life


def test_a_word_of_life_that_is_not_known_is_asked_about(check):
    assert faults(check({"state": "搁置"})) == [(3, "state", "ambiguous")]
