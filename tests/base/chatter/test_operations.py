"""The one way in which a record changes: by its version, leaving its event; for one record and for many."""

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from moneyed import Money

from base.accounts.access import NOBODY
from base.chatter.models import Attachment, Follower, Message, Todo
from base.chatter.operations import (
    change,
    change_many,
    create,
    events_of,
    finish_todo,
    hang_on,
    make_todo,
    move,
    move_many,
    move_rows,
    plain,
    record,
    settle_todos,
    write_message,
    write_todos,
)
from base.lib.errors import NotAllowed, Refused, Stale
from base.lib.states import Move, StateTable
from contracts.models import Customer
from tests.chain import AT, ON, verbs
from tests.factories import ContractFactory, CustomerFactory
from warranty.models import LedgerImport

pytestmark = pytest.mark.django_db

#: A table of moves for a field that is none: its right is asked, and its states are two languages.
LANGUAGE = StateTable(
    [
        Move("translated", frozenset({"zh-hans"}), "en", "customers.edit"),
        Move("by_itself", frozenset({"zh-hans"}), "en", NOBODY),
    ]
)
IMPORT = StateTable([Move("given_up", frozenset({"queued"}), "failed", NOBODY)])


def stored(record_):
    return type(record_).objects.get(pk=record_.pk)


# One record


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, True),
        (12, 12),
        ("甲", "甲"),
        (Money("10.5", "CNY"), "10.5 CNY"),
        (date(2026, 3, 1), "2026-03-01"),
        (AT, AT.isoformat()),
        (1.5, "1.5"),
    ],
)
def test_an_event_keeps_a_value_as_text_a_person_can_read(value, text):
    assert plain(value) == text


def test_an_event_names_a_record_as_people_do(db):
    assert plain(CustomerFactory(name="明珠港务")) == "明珠港务"


def test_a_new_record_has_its_event(manager):
    customer = create(Customer(name="甲"), by=manager, at=AT)
    [event] = events_of(customer)
    assert (event.verb, event.by, event.at, event.changes, customer.version) == ("created", manager, AT, {}, 0)


def test_a_change_raises_the_version_and_tells_old_and_new(manager):
    customer = CustomerFactory(address="a", region="b")
    assert change(customer, {"address": "c", "region": "b"}, by=manager, at=AT, note="moved")
    [event] = events_of(customer)
    assert (event.verb, event.changes, event.note) == ("changed", {"address": ["a", "c"]}, "moved")
    assert (stored(customer).address, stored(customer).version, customer.version) == ("c", 1, 1)


def test_a_sum_of_money_changes_with_its_currency(manager):
    contract = ContractFactory()
    change(contract, {"amount": Money("5.00", "USD")}, by=manager, at=AT)
    assert stored(contract).amount == Money("5.00", "USD")


def test_what_is_so_already_leaves_no_trace(manager):
    customer = CustomerFactory(address="a")
    assert not change(customer, {"address": "a"}, by=manager, at=AT)
    assert (verbs(customer), stored(customer).version) == ([], 0)


@pytest.mark.parametrize("values", [{"address": "mine"}, {"address": "a"}])
def test_who_looked_at_an_older_version_is_refused(values, manager):
    customer = CustomerFactory(address="a")
    change(stored(customer), {"note": "theirs"}, by=manager, at=AT)
    fresh = stored(customer)
    with pytest.raises(Stale):
        change(fresh, values, by=manager, at=AT, seen=0)
    assert stored(customer).address == "a"


def test_two_who_loaded_the_same_do_not_overwrite_each_other(manager):
    customer = CustomerFactory(address="a")
    other = stored(customer)
    change(customer, {"address": "b"}, by=manager, at=AT)
    with pytest.raises(Stale):
        change(other, {"address": "c"}, by=manager, at=AT)
    assert (stored(customer).address, verbs(customer)) == ("b", ["changed"])


def test_a_move_takes_state_right_and_values_together(manager, finance):
    customer = CustomerFactory(language="zh-hans", note="")
    with pytest.raises(NotAllowed):
        move(customer, LANGUAGE, "translated", by=finance, at=AT, field="language")
    move(customer, LANGUAGE, "translated", by=manager, at=AT, field="language", values={"note": "x"})
    assert (stored(customer).language, stored(customer).note, verbs(customer)) == ("en", "x", ["translated"])
    with pytest.raises(Refused) as refusal:
        move(customer, LANGUAGE, "translated", by=manager, at=AT, field="language")
    assert refusal.value.code == "wrong_state"


def test_the_event_of_a_move_may_have_a_name_of_its_own(manager):
    customer = CustomerFactory(language="zh-hans")
    move(customer, LANGUAGE, "translated", by=manager, at=AT, field="language", verb="changed")
    assert verbs(customer) == ["changed"]


# Many records


def test_many_change_as_one_does(manager):
    one, two, same = (CustomerFactory(region=region) for region in ("a", "b", "c"))
    change(two, {"note": "x"}, by=manager, at=AT)
    changed = change_many([one, two, same], {"region": "c"}, by=manager, at=AT, verb="moved", note="why")
    assert changed == [one, two]
    assert [stored(each).region for each in (one, two, same)] == ["c", "c", "c"]
    assert [(each.version, stored(each).version) for each in (one, two, same)] == [(1, 1), (2, 2), (0, 0)]
    newest = events_of(two).first()
    assert (newest.verb, newest.by, newest.changes, newest.note) == ("moved", manager, {"region": ["b", "c"]}, "why")
    assert verbs(same) == []


def test_many_may_each_have_values_of_their_own(manager):
    contracts = [ContractFactory(), ContractFactory()]
    change_many(contracts, lambda contract: {"amount": Money(contract.pk, "USD")}, by=manager, at=AT)
    assert [stored(each).amount for each in contracts] == [Money(each.pk, "USD") for each in contracts]


def test_of_many_none_changes_when_somebody_changed_one_meanwhile(manager):
    one, two = CustomerFactory(region="a"), CustomerFactory(region="b")
    change(stored(two), {"note": "theirs"}, by=manager, at=AT)
    with pytest.raises(Stale):
        change_many([one, two], {"region": "c"}, by=manager, at=AT)
    assert [stored(each).region for each in (one, two)] == ["a", "b"]


def test_of_many_none_changes_when_one_is_gone(manager):
    one, two = CustomerFactory(region="a"), CustomerFactory(region="b")
    stored(two).delete()
    with pytest.raises(Stale):
        change_many([one, two], {"region": "c"}, by=manager, at=AT)


@pytest.mark.parametrize("rows", [1, 5])
def test_many_take_as_many_queries_as_one(rows, manager, django_assert_num_queries):
    customers = [CustomerFactory() for _ in range(rows)]
    ContentType.objects.get_for_model(Customer)
    with django_assert_num_queries(5):  # the savepoint and its release, the lock, the rows, the events
        change_many(customers, {"region": "c"}, by=manager, at=AT)


def test_nothing_to_change_asks_nothing_of_the_rows(manager):
    assert change_many([], {"region": "c"}, by=manager, at=AT) == []
    assert change_many([CustomerFactory(region="c")], {"region": "c"}, by=manager, at=AT) == []


def test_many_move_by_the_table_whoever_caused_it(finance):
    customers = [CustomerFactory(language="zh-hans"), CustomerFactory(language="zh-hans")]
    move_many(customers, LANGUAGE, "by_itself", by=finance, at=AT, field="language", values={"note": "x"})
    assert {(stored(each).language, stored(each).note) for each in customers} == {("en", "x")}
    assert [verbs(each) for each in customers] == [["by_itself"], ["by_itself"]]


def test_of_many_none_moves_when_one_is_in_another_state(manager):
    here, there = CustomerFactory(language="zh-hans"), CustomerFactory(language="en")
    with pytest.raises(Refused) as refusal:
        move_many([here, there], LANGUAGE, "by_itself", by=None, at=AT, field="language")
    assert refusal.value.code == "wrong_state"
    assert stored(here).language == "zh-hans"


def test_each_that_moves_may_have_values_of_its_own(manager):
    customers = [CustomerFactory(language="zh-hans", name=name) for name in ("甲", "乙")]

    def noted(customer):
        return {"note": customer.name}

    move_many(customers, LANGUAGE, "by_itself", by=None, at=AT, field="language", values=noted)
    assert [stored(each).note for each in customers] == ["甲", "乙"]


def test_rows_without_a_version_move_where_the_table_lets_them():
    waiting, over = (LedgerImport.objects.create(name=name, on=ON, at=AT, status=name) for name in ("queued", "done"))
    assert move_rows(LedgerImport.objects.all(), IMPORT, "given_up", problem="x") == 1
    assert (stored(waiting).status, stored(waiting).problem) == ("failed", "x")
    assert (stored(over).status, stored(over).problem) == ("done", "")


# What people say, and what is to be done


def test_a_message_says_something(manager):
    customer = CustomerFactory()
    with pytest.raises(Refused) as refusal:
        write_message(target=customer, text=" \n", by=manager, at=AT)
    assert refusal.value.field == "text"
    assert write_message(target=customer, text=" hello ", by=manager, at=AT).text == "hello"


def test_a_cause_asks_for_something_once(manager):
    customer = CustomerFactory()
    for text in ("first", "second"):
        write_todos([make_todo(customer, kind="note", due_on=ON, at=AT, text=text, cause="a:1")])
        write_todos([make_todo(customer, kind="note", due_on=ON, at=AT, text=text)])
    assert sorted(Todo.objects.values_list("text", flat=True)) == ["first", "first", "second"]


def test_a_to_do_is_ticked_off_once(manager):
    write_todos([make_todo(CustomerFactory(), kind="note", due_on=ON, at=AT)])
    todo = Todo.objects.get()
    finish_todo(todo=todo, by=manager, at=AT)
    assert (stored(todo).done_at, stored(todo).done_by) == (AT, manager)
    with pytest.raises(Refused):
        finish_todo(todo=todo, by=manager, at=AT)


def test_what_the_product_asked_for_is_settled_but_not_what_a_person_wrote(manager):
    here, there = CustomerFactory(), CustomerFactory()
    for target in (here, there):
        write_todos(
            [
                make_todo(target, kind="note", due_on=ON, at=AT, text="by hand"),
                make_todo(target, kind="call", due_on=ON, at=AT, cause=f"call:{target.pk}"),
                make_todo(target, kind="mail", due_on=ON, at=AT, cause=f"mail:{target.pk}"),
            ]
        )
    settle_todos([], by=manager, at=AT)
    settle_todos(here, "call", by=manager, at=AT)
    assert set(Todo.objects.filter(done_at=AT).values_list("cause", flat=True)) == {f"call:{here.pk}"}
    settle_todos([here, there], by=manager, at=AT)
    assert set(Todo.objects.filter(done_at=None).values_list("text", flat=True)) == {"by hand"}


def test_what_people_left_on_a_record_hangs_on_another(manager, director):
    keep, drop = CustomerFactory(), CustomerFactory()
    kind = ContentType.objects.get_for_model(Customer)
    write_message(target=drop, text="hello", by=manager, at=AT)
    write_todos([make_todo(drop, kind="note", due_on=ON, at=AT)])
    record(drop, "changed", by=manager, at=AT)
    for target, user in ((keep, manager), (drop, manager), (drop, director)):
        Follower.objects.create(target_type=kind, target_id=target.pk, user=user)
    hang_on(keep, instead_of=drop)
    for model in (Message, Todo, Follower, Attachment):
        assert not model.objects.filter(target_type=kind, target_id=drop.pk).exists()
    assert Message.objects.get().target == Todo.objects.get().target == keep
    assert Follower.objects.filter(target_id=keep.pk).count() == 2
    assert verbs(drop) == ["changed"], "events say what happened to the record that was"
