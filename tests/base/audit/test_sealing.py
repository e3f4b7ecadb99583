"""What is committed is sealed in one chain, late rows late, none twice and none missed (docs/rules.md 18.1)."""

import pytest
from django.db import IntegrityError, connection, transaction

from base.audit import guards
from base.audit.models import EVENTS, Erasure, LogHead, Seal
from base.audit.sealing import CHUNK, event_log, head, seal, unsealed, unsealed_count
from base.audit.tasks import seal_logs
from base.audit.verifying import holds, problems
from base.chatter.models import Event
from base.chatter.operations import change, make_event, record
from tests.chain import AT, ON, accepted
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory()


def told(target, number):
    Event.objects.bulk_create(make_event(target, "changed", by=None, at=AT, note=str(n)) for n in range(number))


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def texts():
    return [problem.text for problem in problems(ON)]


def test_what_is_committed_is_sealed_once_and_in_order(customer):
    told(customer, 3)
    assert unsealed_count() == 3
    assert seal(at=AT) == 3
    assert (seal(at=AT), unsealed_count()) == (0, 0)
    assert list(Seal.objects.values_list("sequence", flat=True)) == [1, 2, 3]
    assert list(Seal.objects.values_list("row", flat=True)) == list(
        Event.objects.order_by("id").values_list("id", flat=True)
    )
    assert head().hash == Seal.objects.get(sequence=3).hash
    assert texts() == []


def test_more_than_a_handful_is_sealed_in_steps(customer):
    told(customer, CHUNK + 5)
    assert seal(at=AT) == CHUNK + 5
    assert head().sequence == CHUNK + 5
    assert texts() == []


def test_a_row_with_a_lower_key_that_comes_late_is_sealed_late(customer):
    told(customer, 2)
    late = make_event(customer, "changed", by=None, at=AT, note="late")
    late.pk = Event.objects.latest("id").pk + 1
    early = make_event(customer, "changed", by=None, at=AT, note="early")
    early.pk = late.pk + 1
    Event.objects.bulk_create([early])
    assert seal(at=AT) == 3
    Event.objects.bulk_create([late])
    assert unsealed(event_log()).get() == late
    assert seal(at=AT) == 1
    assert Seal.objects.get(row=late.pk).sequence == 4
    assert texts() == []


def test_a_row_far_behind_is_found_by_a_whole_look(customer):
    told(customer, 1)
    far = make_event(customer, "changed", by=None, at=AT)
    far.pk = Event.objects.latest("id").pk + 5_000_000
    Event.objects.bulk_create([far])
    LogHead.objects.create(log=EVENTS, last_row=far.pk - 1)
    assert seal(at=AT) == 1
    assert seal(at=AT, whole=True) == 1
    assert texts() == []


def test_the_beat_has_it_done(customer):
    told(customer, 2)
    assert seal_logs() == 2


FORGERIES = [
    ("UPDATE chatter_event SET note = 'another' WHERE note = '1'", "is not the one that was sealed"),
    ("UPDATE chatter_event SET by_id = NULL, verb = 'paid' WHERE note = '1'", "is not the one that was sealed"),
    ('UPDATE chatter_event SET changes = \'{"a": ["x", "y"]}\' WHERE note = \'2\'', "is not the one that was sealed"),
    ("UPDATE audit_seal SET salts = '{}' WHERE sequence = 2", "is not the one that was sealed"),
    ("DELETE FROM chatter_event WHERE note = '1'", "that was sealed is gone"),
    ("DELETE FROM audit_seal WHERE sequence = 2", "the seals from 2 to 2 are gone"),
    ("DELETE FROM audit_seal WHERE sequence = 5", "its newest seal is 4, but its newest was 5"),
    ("DELETE FROM audit_seal", "its newest seal is 0, but its newest was 5"),
]


@pytest.mark.parametrize(("sql", "problem"), FORGERIES)
def test_whoever_lifts_the_triggers_is_found_out(customer, sql, problem):
    told(customer, 5)
    seal(at=AT)
    with guards.lifted(connection):
        run(sql)
    assert any(problem in each for each in texts())


def test_a_log_that_was_shortened_with_its_head_no_longer_fits_to_a_seal_kept_elsewhere(customer):
    told(customer, 5)
    seal(at=AT)
    known = head()
    assert holds(known)
    with guards.lifted(connection):
        run("DELETE FROM chatter_event WHERE note IN ('3', '4')")
        run("DELETE FROM audit_seal WHERE sequence > 3")
    LogHead.objects.update(sequence=3, hash=Seal.objects.get(sequence=3).hash)
    assert texts() == []
    assert not holds(known)


@pytest.mark.parametrize("table", ["chatter_event", "audit_seal"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id + 1000000", "DELETE FROM {}"])
def test_the_database_itself_keeps_the_log(customer, table, sql):
    told(customer, 2)
    seal(at=AT)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(sql.format(table))


def test_nothing_is_replaced_or_emptied(customer):
    told(customer, 1)
    if connection.vendor == "sqlite":
        sql = "INSERT OR REPLACE INTO chatter_event SELECT * FROM chatter_event"
    else:
        sql = "TRUNCATE chatter_event CASCADE"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(sql)


def test_an_open_erasure_lets_values_go_and_nothing_else(customer):
    told(customer, 1)
    seal(at=AT)
    Erasure.objects.create(target=customer, at=AT)
    run("UPDATE chatter_event SET note = 'gone'")
    for sql in (
        "UPDATE chatter_event SET verb = 'paid'",
        "DELETE FROM chatter_event",
        "UPDATE audit_seal SET hash = 'x'",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            run(sql)
    assert any("is not the one that was sealed" in each for each in texts())


def test_the_guards_are_there_after_every_migration():
    def there():
        with connection.cursor() as cursor:
            return guards.installed(cursor, connection.vendor)

    wanted = {name for _table, name in guards.trigger_names(connection.vendor)}
    assert wanted <= there()
    for _twice in range(2):
        guards.install()
    assert wanted <= there()


def test_a_life_by_the_operations_is_sealed_whole(director):
    contract = accepted()
    change(contract, {"project": "另一个"}, by=director, at=AT)
    record(contract, "changed", by=director, at=AT, changes={"people": {"old": ["王芳"], "new": None}})
    seal(at=AT)
    assert texts() == []
