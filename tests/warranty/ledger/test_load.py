"""Ledgers of other people: other names, orders, sheets, dates, currencies and coverage (docs/ledger.md)."""

from datetime import datetime

import pytest
from moneyed import Money

from base.mail.models import OutgoingMail
from contracts.ledger.reader import read_ledger
from contracts.models import Contact, Contract, Customer
from tests.chain import AT, ON, cny, day, drafted
from tests.factories import UserFactory
from tests.warranty.ledger.books import HEADER, book, counts, imported, row, terms
from warranty.ledger.coverage import SAME_DAY
from warranty.ledger.load import load
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


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
