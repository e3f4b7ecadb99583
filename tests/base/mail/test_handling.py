"""What people do with one mail, and what they may not."""

from datetime import timedelta

import pytest

from base.accounts.models import Role, User
from base.chatter.models import Todo
from base.company.queries import company
from base.documents.registry import store_document
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail import handling as mails
from base.mail.models import DeadAddress
from base.mail.queries import due, unresolved
from tests.base.mail.conftest import AT, outcome, queue, verbs

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_hold_and_release(ours, manager):
    mail = queue()
    mails.hold_mail(mail=mail, by=manager, at=AT)
    assert not due(AT).exists()
    mails.release_mail(mail=mail, by=manager, at=AT)
    assert due(AT).exists()
    assert verbs(mail) == ["queued", "held", "released"]


def test_a_queued_mail_may_be_worded_anew(ours, manager):
    mail = queue()
    mails.edit_mail(mail=mail, subject=" 新的\n主题 ", text="一\r\n二", by=manager, at=AT, seen=0)
    mail.refresh_from_db()
    assert (mail.subject, mail.text) == ("新的 主题", "一\n二")
    with pytest.raises(Stale):
        mails.edit_mail(mail=mail, subject="x", text="y", by=manager, at=AT, seen=0)
    with pytest.raises(Refused):
        mails.edit_mail(mail=mail, subject=" ", text="y", by=manager, at=AT)


@pytest.mark.parametrize("status", ["sending", "sent", "refused", "uncertain", "cancelled"])
def test_a_mail_that_left_is_not_touched(ours, manager, status):
    mail = queue()
    outcome(mail, status)
    for act in (mails.hold_mail, mails.release_mail, mails.cancel_mail):
        with pytest.raises(Refused):
            act(mail=mail, by=manager, at=AT)
    with pytest.raises(Refused):
        mails.edit_mail(mail=mail, subject="x", text="y", by=manager, at=AT)


def test_only_those_who_may_touch_mails(ours):
    engineer = User(username="eng", role=Role.ENGINEER)
    mail = queue()
    for act in (mails.hold_mail, mails.release_mail, mails.cancel_mail):
        with pytest.raises(NotAllowed):
            act(mail=mail, by=engineer, at=AT)


def test_a_resend_is_its_own_row_with_the_same_papers(ours, manager):
    mail = queue()
    document = store_document(key="paper:1", name="a.pdf", data=b"%PDF", target=company(), at=AT)
    mail.documents.add(document)
    outcome(mail, "uncertain", papers=[["test.paper", 1]])
    Todo.objects.create(target=company(), due_on=AT, made_at=AT, cause=f"mail_uncertain:{mail.pk}")

    again = mails.resend_mail(mail=mail, by=manager, at=AT + DAY)
    assert (again.cause, again.resend_of, again.status, again.text) == ("greeting:1#2", mail, "queued", mail.text)
    assert list(again.documents.all()) == [document]
    assert again.papers == []
    assert Todo.objects.get().done_by == manager
    assert not unresolved().exists()
    outcome(again, "refused")
    third = mails.resend_mail(mail=again, email="li@customer.example", by=manager, at=AT + DAY)
    assert (third.cause, third.to_email) == ("greeting:1#3", "li@customer.example")


def test_no_resend_of_what_may_still_leave_nor_to_a_dead_address(ours, manager):
    mail = queue()
    with pytest.raises(Refused):
        mails.resend_mail(mail=mail, by=manager, at=AT)
    outcome(mail, "refused")
    DeadAddress.objects.create(email=mail.to_email, at=AT)
    with pytest.raises(Refused) as refused:
        mails.resend_mail(mail=mail, by=manager, at=AT)
    assert refused.value.code == "dead"


@pytest.mark.parametrize(("find_out", "status"), [(mails.confirm_mail, "sent"), (mails.give_up_mail, "refused")])
def test_somebody_finds_out_about_an_uncertain_mail(ours, manager, find_out, status):
    mail = queue()
    outcome(mail, "uncertain", sending_since=AT)
    assert list(unresolved()) == [mail]
    find_out(mail=mail, by=manager, at=AT + DAY)
    mail.refresh_from_db()
    assert mail.status == status
    assert mail.sent_at == (AT if status == "sent" else None)
    assert not unresolved().exists()
    with pytest.raises(Refused):
        find_out(mail=mail, by=manager, at=AT + DAY)
