"""What a story does beside the pages: each is done once, and tells what came of it."""

import pytest

from base.chatter.models import Event
from base.company.models import Company
from ops.stories.system import run_woken
from warranty.models import DailyRun, LedgerImport

LEDGER = "合同编号,客户名称,项目名称,合同金额,签订日期\nHT-1,Waterworks,Billing,2400000,2024-01-10\n"


def test_the_day_is_run_and_told(play):
    result = play(do="day")

    assert result == {"line": 1, "ok": True, "record": "2026-11-22", "state": "", "actions": {}}
    assert str(DailyRun.objects.get().on) == "2026-11-22"


def test_a_ledger_is_loaded_at_once_by_its_person(play):
    (play.folder / "ledger.csv").write_text(LEDGER, encoding="utf-8")
    result = play(by="director", do="import", values={"file": "ledger.csv"})

    assert {name: result[name] for name in ("state", "created", "rejected")} == {
        "state": "done", "created": 1, "rejected": 0,
    }  # fmt: skip
    assert LedgerImport.objects.get().by.username == "director"
    assert set(Event.objects.filter(verb__startswith="ledger").values_list("story", flat=True)) == {"test"}


def test_a_link_that_nobody_wrote_leads_nowhere(play):
    play(page="customers", do="create", values={"name": "Waterworks"})
    values = {"number": "HT-1", "customer": "Waterworks", "amount": "240000.00"}
    play(page="contracts", do="create", values=values)
    play(page="contracts", record="HT-1", do="accept", values={"accepted_on": "2026-11-22"})
    made = play(page="contracts", record="HT-1", do="quote", **{"as": "q"})
    assert made["ok"], made

    refused = play(do="link", page="quotes", record="q", values={"answer": "accept"})["refused"]
    assert refused["record"].startswith("No mail with a link about BJ-2026-0001")
    assert play(do="link", page="quotes", values={"answer": "accept"})["refused"] == {
        "record": "The act lacks 'record'."
    }


@pytest.mark.django_db
def test_a_woken_sweep_of_mail_is_left_out():
    """Without a server it would put all mail on hold."""
    Company.objects.update(mail_on_hold=False)
    run_woken(["base.mail.tasks.send_due_mail", "base.jobs.tasks.work_off_jobs"])

    assert not Company.objects.get().mail_on_hold
