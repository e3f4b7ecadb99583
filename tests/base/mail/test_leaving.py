"""The last moment before a mail leaves, for a kind that says whom it concerns."""

import pytest

from base.chatter.models import Todo
from base.company.queries import company
from base.mail import handling, occasions
from base.mail.leaving import make_ready
from base.mail.models import DeadAddress, OutgoingMail
from base.mail.occasions import Occasion, addressed, load_targets, people_of, words_of
from base.mail.queue import MailDraft, Reader, write_mails
from base.mail.texts import LINK
from tests.base.mail.conftest import AT, queue, verbs

pytestmark = pytest.mark.django_db

SECRET = "https://weibao.example.com/q/5rel-UBH5-MggqtsB2lBmIhMObC9E5eE/"


class Reading:
    """Who reads greetings now; nobody, if there is no address."""

    name, email, customer = "王女士", "wang@customer.example", "明珠港务"

    def draft(self, cause="greeting:1"):
        if not self.email:
            return None
        values = {"customer": self.customer, "link": LINK}
        return MailDraft(cause, "greeting", company(), Reader(self.name, self.email, "zh-hans"), values)


@pytest.fixture
def reading(ours, monkeypatch):
    """Greetings have an occasion."""
    now = Reading()
    occasion = Occasion(
        draft=lambda target, mail, ours: now.draft(mail.cause),
        customer=lambda target: target,
        people=lambda target, language: {now.email: Reader(now.name, now.email, language)},
        link=lambda target, mail: SECRET,
    )
    monkeypatch.setattr(occasions, "_occasions", {"greeting": occasion})
    return now


@pytest.fixture
def mail(reading):
    return write_mails([reading.draft()], at=AT).new[0]


def test_what_is_stored_holds_no_secret_and_what_leaves_holds_the_link(mail):
    assert mail.text == "明珠港务：\n\n您好！\n请见：{link}"
    assert mail.variables == {"customer": "明珠港务"}
    assert words_of(mail).endswith(SECRET)
    assert make_ready(mail, at=AT)
    mail.refresh_from_db()
    assert (mail.version, verbs(mail)) == (0, ["queued"])


def test_what_changed_is_worded_anew(mail, reading):
    reading.customer, reading.email = "明珠集团", "li@customer.example"
    assert make_ready(mail, at=AT)
    mail.refresh_from_db()
    assert (mail.to_email, mail.subject) == ("li@customer.example", "致明珠集团的问候")
    assert verbs(mail) == ["queued", "addressed"]


def test_a_kind_without_an_occasion_leaves_as_it_was_written(ours):
    mail = queue()
    load_targets([mail])
    assert make_ready(mail, at=AT)
    assert addressed([mail])[mail.pk].to_email == mail.to_email
    assert people_of(mail) == {}


def test_worded_by_hand_it_waits_for_a_look_once(mail, reading, manager):
    handling.edit_mail(mail=mail, subject="x", text="y {link}", by=manager, at=AT)
    assert make_ready(mail, at=AT)
    reading.email = "li@customer.example"
    assert not make_ready(mail, at=AT)
    assert (mail.to_look_at, mail.on_hold, mail.text) == (True, True, "y {link}")
    assert Todo.objects.get().role == "director"
    handling.look_at_mail(mail=mail, by=manager, at=AT)
    assert make_ready(mail, at=AT)


@pytest.mark.parametrize(
    ("gone", "note", "todos"),
    [("reader", "nobody to write to", 1), ("dead", "nobody to write to", 1), ("told", "told already", 0),
     ("record", "its record is gone", 0)],
)  # fmt: skip
def test_what_cannot_leave_is_called_off_with_the_reason(mail, reading, gone, note, todos):
    match gone:
        case "reader":
            reading.email = ""
        case "dead":
            DeadAddress.objects.create(email=reading.email, at=AT)
        case "told":
            reading.email = "li@customer.example"
            write_mails([reading.draft()], at=AT)
        case "record":
            OutgoingMail.objects.filter(pk=mail.pk).update(target_id=0)
            mail.refresh_from_db()
    assert not make_ready(mail, at=AT)
    mail.refresh_from_db()
    assert mail.status == "cancelled"
    assert OutgoingMail.objects.filter(status="cancelled").count() == 1
    assert Todo.objects.filter(kind="mail_address_dead").count() == todos


def test_a_typed_placeholder_stays_text(ours):
    [mail] = write_mails([MailDraft("greeting:1", "greeting", company(), Reader("王", "w@x.example", "en"),
                                    {"customer": "{link} {reader}", "link": LINK})], at=AT).new  # fmt: skip
    assert mail.text == "Dear { link } { reader },\n\nhello.\nSee {link}"


def test_a_record_that_breaks_keeps_nobody_from_the_others_on_a_screen(mail, reading, monkeypatch):
    def breaks(cause):
        raise ValueError("broken")

    monkeypatch.setattr(reading, "draft", breaks)
    load_targets([mail])
    with pytest.raises(ValueError, match="broken"):
        addressed([mail])
    shown = addressed([mail], for_screen=True)[mail.pk]
    assert (shown.to_email, shown.text) == (mail.to_email, mail.text)


def test_a_wording_that_asks_for_more_than_was_known_leaves_the_text_as_it_is(mail, reading):
    OutgoingMail.objects.filter(pk=mail.pk).update(variables={"other": "x"})
    mail.refresh_from_db()
    reading.draft = lambda cause: MailDraft(
        cause, "greeting", company(), Reader("李", "li@x.example", "en"), {"link": LINK}
    )
    load_targets([mail])
    now = addressed([mail])[mail.pk]
    assert (now.to_email, now.text) == ("li@x.example", mail.text)
