"""Very many mails are let go by a job: exactly those that were ticked, also where its process was killed on its way."""

import pytest

from base.accounts.models import Role, User
from base.company.models import Company
from base.jobs import run as runs
from base.jobs.models import Job
from base.jobs.operations import stop_job
from base.jobs.run import LEASE
from base.jobs.work import work_off_jobs
from base.mail import jobs, release
from base.mail.models import OutgoingMail
from base.mail.release import Seen
from tests.base.mail.conftest import AT, queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def much(monkeypatch, ours, post):
    monkeypatch.setattr(release, "_AT_ONCE", 2)
    monkeypatch.setattr(runs, "BEAT", 0.0)
    Company.objects.update(mail_on_hold=True)


@pytest.fixture
def administrator(db):
    return User.objects.create(username="admin", email="admin@example.com", role=Role.ADMINISTRATOR)


def ask(administrator, *, ticked=(), others=()):
    shown = {mail.pk: Seen(mail.version) for mail in ticked}
    packed = release.packed((mail.pk, mail.version) for mail in others)
    return jobs.ask_release(shown=shown, ticked=set(shown), others=packed, by=administrator, at=AT)


def held():
    return set(OutgoingMail.objects.filter(on_hold=True))


def test_exactly_what_was_ticked_leaves_and_what_was_written_later_is_not_touched(administrator):
    mails = [queue(cause=f"greeting:{number}") for number in range(5)]
    job = ask(administrator, ticked=mails[:1], others=mails[2:4])
    later = queue(cause="greeting:later")
    work_off_jobs(lambda: AT)
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", "3 mails leave, and new mail by itself. 2 mails stay on hold.")
    assert held() == {mails[1], mails[4]}
    assert not Company.objects.get().mail_on_hold
    assert not OutgoingMail.objects.get(pk=later.pk).on_hold


def test_killed_on_its_way_nothing_leaves_and_it_goes_on_from_there(administrator, monkeypatch):
    mails = [queue(cause=f"greeting:{number}") for number in range(5)]
    # Those that were on hold one by one get another version when they are let go.
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(on_hold=True)
    job = ask(administrator, others=mails)
    known, pieces = release._sort, iter(range(1))

    def killed(*given):
        if next(pieces, None) is None:
            raise KeyboardInterrupt
        return known(*given)

    monkeypatch.setattr(release, "_sort", killed)
    with pytest.raises(KeyboardInterrupt):
        work_off_jobs(lambda: AT)
    assert len(held()) == 3
    assert Company.objects.get().mail_on_hold
    monkeypatch.setattr(release, "_sort", known)
    work_off_jobs(lambda: AT + LEASE * 2)
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", "5 mails leave, and new mail by itself.")
    assert held() == set()


def test_stopped_the_hold_stays(administrator):
    mails = [queue(cause=f"greeting:{number}") for number in range(5)]
    job = ask(administrator, others=mails)
    known = release._sort

    def stopping(*given):
        stop_job(job=Job.objects.get(), by=administrator, at=AT)
        return known(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "_sort", stopping)
        work_off_jobs(lambda: AT)
    job.refresh_from_db()
    assert job.status == "stopped"
    assert Company.objects.get().mail_on_hold


def test_who_may_not_release_any_more_lets_nothing_go(administrator):
    mails = [queue(cause=f"greeting:{number}") for number in range(5)]
    job = ask(administrator, others=mails)
    User.objects.filter(pk=administrator.pk).update(role=Role.MANAGER)
    work_off_jobs(lambda: AT)
    job.refresh_from_db()
    assert job.status == "failed"
    assert Company.objects.get().mail_on_hold
