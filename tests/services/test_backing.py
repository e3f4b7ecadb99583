"""The product on the servers it grows into: its tables on PostgreSQL, its messages through RabbitMQ."""

import pytest
from django.core.management import call_command
from django.db import connection

from config.celery import app


@pytest.mark.django_db
def test_every_migration_runs_on_postgresql():
    assert connection.vendor == "postgresql"
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert "accounts_user" in connection.introspection.table_names()


def test_a_message_goes_through_the_broker():
    with app.connection_for_write() as broker:
        assert broker.transport_cls == "amqp"
        queue = broker.SimpleQueue("weibao-test")
        queue.put({"question": "还在吗？"})
        answer = queue.get(timeout=10)
        answer.ack()
        queue.close()
        assert answer.payload == {"question": "还在吗？"}
