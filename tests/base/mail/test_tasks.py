import pytest
from django.utils import timezone

from base.company.queries import company
from base.mail.queue import Reader
from base.mail.tasks import send_due_mail
from config.celery import app
from tests.mails import write_mail


@pytest.mark.django_db
def test_the_sweep_sends_what_is_due(ours, post):
    values = {"customer": "明珠港务", "link": ""}
    reader = Reader("", "wang@customer.example", "zh-hans")
    write_mail(cause="t:1", kind="greeting", target=company(), reader=reader, variables=values, at=timezone.now())
    assert send_due_mail() == {"sent": 1, "uncertain": 0}
    assert send_due_mail() == {"uncertain": 0}


def test_the_beat_table_names_the_sweep():
    assert app.conf.beat_schedule["mail"]["task"] == send_due_mail.name
