"""Waking a worker, and keeping what it would have been woken for."""

import pytest

from base.jobs.wake import kept, wake


@pytest.mark.django_db
def test_what_is_kept_wakes_nobody(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, kept() as tasks:
        wake("base.mail.tasks.send_due_mail")
        wake("base.jobs.tasks.work_off_jobs")

    assert tasks == ["base.mail.tasks.send_due_mail", "base.jobs.tasks.work_off_jobs"]
    assert callbacks == []


@pytest.mark.django_db
def test_after_that_a_worker_is_woken_again(django_capture_on_commit_callbacks):
    with kept() as tasks:
        pass
    with django_capture_on_commit_callbacks() as callbacks:
        wake("base.mail.tasks.send_due_mail")

    assert tasks == []
    assert len(callbacks) == 1
