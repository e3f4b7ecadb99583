"""Exactly what somebody saw and ticked leaves; everything else that waits stays, and is said to."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st

from base.accounts.models import Role, User
from base.company.models import Company
from base.company.queries import company
from base.lib.errors import NotAllowed, Refused
from base.mail import handling
from base.mail import release as mails
from base.mail.models import OutgoingMail
from base.mail.queries import due
from base.mail.release import Seen
from tests.base.mail.conftest import AT, outcome, queue, verbs

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def administrator(db):
    return User.objects.create(username="admin", email="admin@example.com", role=Role.ADMINISTRATOR)


def seen(*found):
    return {mail.pk: Seen(mail.version) for mail in found}


def test_exactly_the_ticked_rows_leave_and_all_others_are_held(ours, administrator, post):
    Company.objects.update(mail_on_hold=True)
    old, ticked, young, unticked = (queue(cause=f"greeting:{number}") for number in range(4))
    OutgoingMail.objects.filter(pk__in=[old.pk, ticked.pk]).update(queued_at=AT - DAY - timedelta(seconds=1))
    OutgoingMail.objects.filter(pk=ticked.pk).update(on_hold=True)
    assert set(mails.proposed(mails.waiting(), AT)) == {young, unticked}

    done = mails.release_mails(seen=seen(ticked, young), by=administrator, at=AT)
    assert done == (2, 2, 0)
    assert not company().mail_on_hold
    assert set(due(AT)) == {ticked, young}
    assert verbs(old) == verbs(unticked) == ["queued", "held"]
    assert verbs(ticked) == ["queued", "released"]
    mails.hold_all_mail(by=administrator, at=AT)
    assert company().mail_on_hold


def test_a_row_that_changed_since_is_kept_back(ours, administrator, manager, post):
    Company.objects.update(mail_on_hold=True)
    worded, gone, same = (queue(cause=f"greeting:{number}") for number in range(3))
    looked_at = seen(worded, gone, same)
    handling.edit_mail(mail=worded, subject="x", text="y", by=manager, at=AT)
    handling.cancel_mail(mail=gone, by=manager, at=AT)
    assert mails.release_mails(seen=looked_at, by=administrator, at=AT) == (1, 1, 1)
    assert list(due(AT)) == [same]


def test_done_twice_nothing_more_leaves(ours, administrator, post):
    first, second = queue(), queue(cause="greeting:2")
    looked_at = seen(first)
    assert mails.release_mails(seen=looked_at, by=administrator, at=AT) == (1, 1, 0)
    outcome(first, "sent")
    assert mails.release_mails(seen=looked_at, by=administrator, at=AT) == (0, 1, 0)
    second.refresh_from_db()
    assert (second.on_hold, second.version) == (True, 1)


def test_what_is_to_be_looked_at_is_not_released_by_a_tick(ours, administrator, post):
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(to_look_at=True, on_hold=True)
    assert mails.release_mails(seen=seen(mail), by=administrator, at=AT) == (0, 1, 1)


def test_killed_halfway_nothing_leaves_and_it_is_done_again(ours, administrator, post, monkeypatch):
    Company.objects.update(mail_on_hold=True)
    monkeypatch.setattr(mails, "_AT_ONCE", 2)
    found = [queue(cause=f"greeting:{number}") for number in range(5)]
    pieces = iter([1])
    known = mails.change_many

    def killed(*args, **options):
        if next(pieces, None) is None:
            raise KeyboardInterrupt
        return known(*args, **options)

    monkeypatch.setattr(mails, "change_many", killed)
    with pytest.raises(KeyboardInterrupt):
        mails.release_mails(seen=seen(*found), by=administrator, at=AT)
    assert company().mail_on_hold
    monkeypatch.setattr(mails, "change_many", known)
    assert mails.release_mails(seen=seen(*found), by=administrator, at=AT) == (5, 0, 0)


def test_the_hold_stays_until_there_is_a_server_and_a_sender(ours, administrator, post, settings):
    Company.objects.update(mail_on_hold=True)
    server, settings.EMAIL_URL = settings.EMAIL_URL, ""
    with pytest.raises(Refused) as refused:
        mails.release_mails(seen={}, by=administrator, at=AT)
    assert refused.value.code == "no_server"
    settings.EMAIL_URL = server
    Company.objects.update(sender_email="")
    with pytest.raises(Refused) as refused:
        mails.release_mails(seen={}, by=administrator, at=AT)
    assert refused.value.code == "no_sender"
    assert company().mail_on_hold


def test_only_who_may_release(ours, manager):
    with pytest.raises(NotAllowed):
        mails.release_mails(seen={}, by=manager, at=AT)


def test_a_new_installation_is_on_hold(db):
    assert company().mail_on_hold
    assert django_settings.EMAIL_URL == ""


@given(st.dictionaries(st.integers(1, 10**6), st.integers(0, 9), max_size=300))
def test_what_is_packed_is_unpacked(versions):
    text = mails.packed(sorted(versions.items()))
    assert mails.unpacked(text, limit=300) == versions


def test_a_hundred_thousand_fresh_mails_are_a_short_text():
    assert mails.packed((key, 0) for key in range(1, 100_001)) == "1+100000v0"


@pytest.mark.parametrize("text", ["1", "a+bvc", "1+99999999v0", "-1+2v0", "1+2v0;"])
def test_a_form_that_we_would_not_send_is_refused(text):
    with pytest.raises(Refused):
        mails.unpacked(text, limit=1000)
