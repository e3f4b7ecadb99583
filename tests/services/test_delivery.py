"""Workers at once on PostgreSQL, where rows are locked one by one."""

from collections import Counter

import pytest
from django.utils import timezone

from base.company.models import Company
from base.company.queries import company
from base.mail import texts
from base.mail.delivery import send_due
from base.mail.models import OutgoingMail
from base.mail.queue import MailDraft, Reader, write_mails
from tests.base.mail.bad_server import BadServer, Faults
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    server = BadServer(Faults({}))
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 10
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = None
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.stop()


def test_four_workers_send_each_mail_once(server, monkeypatch):
    monkeypatch.setattr(texts, "_kinds", {})
    texts.register(texts.MailKind("t", "", {}, {"zh-hans": "s", "en": "s"}, {"zh-hans": "t", "en": "t"}))
    Company.objects.update(sender_email="service@example.com", mail_on_hold=True)
    reader = Reader("Wang", "wang@customer.example", "en")
    drafts = [MailDraft(f"t:{number}", "t", company(), reader, {}) for number in range(40)]
    first, second = at_once(*[lambda: write_mails(drafts, at=timezone.now())] * 2)
    assert len(first.new + first.known) == len(second.new + second.known) == 40
    assert OutgoingMail.objects.count() == 40

    Company.objects.update(mail_on_hold=False)
    counts = sum((Counter(count) for count in at_once(*[lambda: send_due(timezone.now)] * 4)), Counter())
    assert counts["sent"] == len(server.taken) == 40
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("sent", 1)}
