"""The ledger's own words count, and one key means one thing: states, numbers, customers, people (docs/ledger.md 4 to 6)."""

import pytest

from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from contracts.ledger.check import ANOTHER, RENAMED, SAME_CUSTOMER
from contracts.ledger.reader import read_ledger
from contracts.models import Contract, Customer
from contracts.operations import save_contract
from tests.chain import AT, ON, cny
from tests.factories import ContractFactory, UserFactory
from tests.warranty.ledger.books import HEADER, book, counts, imported, row, terms
from warranty.ledger.load import load
from warranty.models import PlannedAction
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db

CODE = "91000000000000019G"


def with_state(path, *words, **cells):
    head = [*HEADER, "合同状态"]
    return book(path, [head, *([*row(f"A-{n}", **cells), word] for n, word in enumerate(words, 1))])


def test_a_terminated_contract_comes_in_terminated_without_a_plan(path):
    result = imported(with_state(path, "已终止", "执行中", 终验日期="2025-12-20"))
    assert counts(result) == (2, 0, 0, 0, 0)
    over, active = Contract.objects.order_by("number")
    assert (over.status, over.terminated_on) == ("terminated", ON)
    assert terms("A-1") == [f"free 2025-12-20…{ON} 0.00 terminated"]
    assert not PlannedAction.objects.filter(contract=over, state="planned").exists()
    assert (active.status, active.plan.filter(state="planned").exists()) == ("active", True)
    run_day(on=ON, by=None, at=AT)
    assert not OutgoingMail.objects.filter(target_id=over.pk).exists()
    assert counts(imported(path)) == (0, 0, 2, 0, 0)


def test_it_ends_on_its_last_day_where_that_is_past(path):
    imported(with_state(path, "作废"))
    contract = Contract.objects.get()
    assert (contract.status, str(contract.terminated_on)) == ("terminated", "2025-03-15")


def test_what_was_delivered_is_not_over(path):
    imported(with_state(path, "已完成", 终验日期="2025-12-20"))
    assert Contract.objects.get().status == "active"


def test_another_state_than_the_stored_one_is_a_conflict(path):
    imported(with_state(path, "执行中"))
    result = imported(with_state(path, "已终止"))
    assert counts(result) == (0, 0, 0, 0, 1)
    assert result["conflicts"][0]["fields"]["state"] == ["active", "terminated"]
    assert Contract.objects.get().status == "active"


@pytest.mark.parametrize("number", ["ＨＴ－１", "ht-1", "HT- 1", "HT-1"])
def test_a_number_names_one_contract_however_it_is_typed(path, number):
    imported(book(path, [HEADER, row("HT-1")]))
    assert counts(imported(book(path, [HEADER, row(number)]))) == (0, 0, 1, 0, 0)
    with pytest.raises(Refused) as refused:
        save_contract(
            contract=Contract(customer=Customer.objects.get(), signed_on=ON, amount=cny("5.00")),
            values={"number": number},
            by=UserFactory(role="director"),
            at=AT,
        )
    assert refused.value.code == "duplicate"


def test_twins_stand_on_a_list_until_one_is_renumbered():
    one, two = ContractFactory(number="HT-1"), ContractFactory(number="HT-2")
    Contract.objects.filter(pk=two.pk).update(number="ht-1", number_key="ht-1 2")
    two.refresh_from_db()
    assert set(Contract.objects.twins()) == {one, two}
    director = UserFactory(role="director")
    save_contract(contract=two, values={"number": "ht-1", "project": "x"}, by=director, at=AT)
    assert set(Contract.objects.twins()) == {one, two}
    save_contract(contract=two, values={"number": "HT-3"}, by=director, at=AT)
    assert (two.number_key, list(Contract.objects.twins())) == ("ht-3", [])


def test_a_customer_with_a_new_name_is_renamed_or_another_and_that_is_remembered(path):
    head = [*HEADER, "信用代码"]
    first = [head, [*row("A-1"), CODE]]
    imported(book(path, first))
    content = book(path, [head, [*row("A-2", 客户名称="乙集团"), CODE]])
    assert imported(content)["rejected"][0]["problem"] == "ambiguous"

    ledger = read_ledger(content, on=ON)
    load(ledger, by=None, at=AT, on=ON, answers={("第1页", 2, SAME_CUSTOMER): RENAMED})
    assert [str(each) for each in Customer.objects.all()] == ["乙集团"]

    content = book(path, [head, [*row("A-3", 客户名称="丙集团"), CODE]])
    load(read_ledger(content, on=ON), by=None, at=AT, on=ON, answers={("第1页", 2, SAME_CUSTOMER): ANOTHER})
    assert sorted(map(str, Customer.objects.all())) == ["丙集团", "乙集团"]
    assert counts(imported(content)) == (0, 0, 1, 0, 0)


def test_blanks_inside_a_name_do_not_count_and_strangers_are_warned_of_once(path):
    chen = UserFactory(role="manager", display_name="陈静")
    names = ["陈 静", "王五", "王 五", "陈静"]
    head = [*HEADER, "客户经理"]
    result = imported(book(path, [head, *([*row(f"A-{n}"), name] for n, name in enumerate(names))]))
    assert [(each["row"], each["field"], each["value"]) for each in result["warnings"]] == [(3, "manager", "王五")]
    assert Contract.objects.filter(manager=chen).count() == 2
    assert counts(imported(path)) == (0, 0, 4, 0, 0)


def test_two_of_one_name_are_asked_about_and_the_answer_is_taken(path):
    UserFactory(role="manager", display_name="陈静")
    other = UserFactory(role="manager", display_name="陈 静")
    ledger = read_ledger(book(path, [[*HEADER, "客户经理"], [*row("A-1"), "陈静"]]), on=ON)
    result = load(ledger, by=None, at=AT, on=ON)
    assert [each.text() for each in result.warnings] == ["several people of this name"]
    assert Contract.objects.get().manager is None
    Contract.objects.all().delete()
    load(ledger, by=None, at=AT, on=ON, people={"陈静": other.pk})
    assert Contract.objects.get().manager == other


def test_where_nobody_has_a_log_in_no_name_is_warned_of(path):
    assert imported(book(path, [[*HEADER, "客户经理"], [*row("A-1"), "王五"]]))["warnings"] == []
