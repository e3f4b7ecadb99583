"""On a real PostgreSQL: writers and sealers side by side, none waiting for another, none missed."""

from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, transaction

from base.audit.models import Seal
from base.audit.sealing import head, seal, unsealed_count
from base.audit.verifying import problems
from base.chatter.models import Event as Told
from base.chatter.operations import change, record
from tests.chain import AT, ON
from tests.factories import CustomerFactory
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_writers_and_two_sealers_at_once_leave_one_whole_chain():
    customers = [CustomerFactory() for _writer in range(4)]
    start = Barrier(6)

    def writer(customer):
        start.wait()
        for number in range(25):
            change(customer, {"note": str(number)}, by=None, at=AT)

    def sealer():
        start.wait()
        for _turn in range(20):
            seal(at=AT)

    at_once(*[lambda each=each: writer(each) for each in customers], sealer, sealer)
    seal(at=AT)
    assert unsealed_count() == 0
    assert Told.objects.count() == Seal.objects.count() == head().sequence
    assert list(problems(ON)) == []


def test_a_transaction_that_commits_late_keeps_nobody_waiting_and_is_sealed_late():
    slow, quick = CustomerFactory(), CustomerFactory()
    numbered, sealed = Event(), Event()

    def late():
        with transaction.atomic():
            record(slow, "changed", by=None, at=AT, note="late")
            numbered.set()
            sealed.wait(20)

    def others():
        numbered.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        record(quick, "changed", by=None, at=AT, note="quick")
        seal(at=AT)
        sealed.set()

    at_once(late, others)
    seal(at=AT)
    by_note = dict(Told.objects.values_list("note", "pk"))
    assert by_note["late"] < by_note["quick"]
    order = dict(Seal.objects.values_list("row", "sequence"))
    assert order[by_note["late"]] > order[by_note["quick"]]
    assert list(problems(ON)) == []


@pytest.mark.parametrize("sql", ["TRUNCATE chatter_event CASCADE", "TRUNCATE audit_seal", "DELETE FROM audit_seal"])
def test_the_log_cannot_be_emptied(sql):
    record(CustomerFactory(), "changed", by=None, at=AT)
    seal(at=AT)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
