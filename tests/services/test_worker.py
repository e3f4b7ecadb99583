"""A quote's mail from the click to the mail server: written here, woken through RabbitMQ, sent by a worker."""

import os
import signal
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from base.company.models import Company
from base.mail.models import OutgoingMail
from renewals.sending import send_quote
from tests.base.mail.bad_server import BadServer, Faults
from tests.base.mail.conftest import use_server
from tests.chain import drafted

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(settings):
    server = BadServer(Faults({}))
    use_server(settings, server.port)
    yield server
    server.stop()


@pytest.fixture
def worker(server, tmp_path):
    """A worker on the test's database; what it is sent before it listens waits for it."""
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"],
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    words = ["-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "INFO"]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


@pytest.mark.usefixtures("tax_rate")
@pytest.mark.django_db(transaction=True)
def test_a_quote_leaves_through_broker_worker_and_mail_server(server, worker):
    Company.objects.update(
        name="维保科技有限公司", sender_name="维保科技", sender_email="service@example.com", mail_on_hold=False
    )
    now = timezone.now()  # the worker looks at the clock
    quote = drafted()
    send_quote(quote=quote, by=quote.contract.manager, at=now, on=now.date())
    assert server.dot_came.wait(120), "the worker was woken"
    worker.send_signal(signal.SIGTERM)  # it finishes what it does
    worker.communicate(timeout=60)
    mail = OutgoingMail.objects.get()
    assert (mail.status, mail.attempts) == ("sent", 1)
    [taken] = server.taken
    message = message_from_bytes(taken, policy=policy.default)
    assert message["To"].addresses[0].addr_spec == quote.contract.contact.email
    [paper] = list(message.iter_attachments())
    assert paper.get_filename() == f"续保报价单_{quote}.pdf"
    assert paper.get_content().startswith(b"%PDF")
