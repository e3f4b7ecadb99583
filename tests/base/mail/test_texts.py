from dataclasses import replace

import pytest

from base.accounts.models import Role, User
from base.chatter.models import Event
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail import texts
from base.mail.models import MailText
from base.mail.texts import MailKind, Wording
from tests.base.mail.conftest import AT

VALUES = {"customer": "明珠港务", "link": "https://weibao.example"}


def test_placeholders_are_filled_and_values_stay_as_they_are():
    filled = texts.fill(Wording("致 {customer}", "{customer}：{link}"), {"customer": "{link} <b>\n", "link": "x"})
    assert filled == ("致 {link} <b>", "{link} <b>\n：x")


def test_a_line_with_nothing_but_empty_values_is_left_out():
    wording = Wording("s", "Dear {customer},\n\nSee {link}\n{link} {customer}\n\n{link}\n\nYours")
    assert texts.fill(wording, {"customer": "A", "link": ""}).body == "Dear A,\n\n A\n\nYours"


def test_a_value_that_is_missing_is_the_callers_mistake():
    with pytest.raises(KeyError):
        texts.fill(Wording("{customer}", ""), {})


@pytest.mark.parametrize(
    "text", ["{nobody}", "{customer", "customer}", "{customer.__class__}", "{customer!r}", "{}", "{{customer}}"]
)
def test_what_is_no_placeholder_is_refused_while_editing(greeting, text):
    with pytest.raises(Refused) as refused:
        texts.check(greeting, Wording("fine", f"so far {text} so good"))
    assert (refused.value.field, refused.value.code) == ("body", "placeholder")
    assert "{customer}, {link}" in str(refused.value)


def test_a_shipped_wording_with_a_wrong_placeholder_stops_the_start(greeting):
    with pytest.raises(ValueError, match="wrong"):
        texts.register(MailKind("wrong", "", {}, {"zh-hans": "", "en": ""}, {"zh-hans": "{wrong}", "en": ""}))


def test_a_preview_shows_sample_values_and_the_names_of_the_rest(greeting, db):
    assert texts.preview(greeting, "en", {"customer": "Acme"}).body == "Dear Acme,\n\nhello.\nSee ‹link›"
    assert texts.preview(greeting, "en", wording=Wording("New {customer}", "x")).subject == "New ‹customer›"


@pytest.fixture
def administrator(db):
    return User.objects.create(username="admin", email="admin@example.com", role=Role.ADMINISTRATOR)


def in_force(language="en"):
    return texts.wordings([("greeting", language)])["greeting", language]


def test_an_administrators_wording_wins_until_it_is_reset(greeting, administrator):
    shipped = in_force()
    own = Wording("Hi\n{customer}", "Hi\r\n")
    row = texts.set_wording(kind=greeting, language="en", wording=own, by=administrator, at=AT)
    assert in_force() == ("Hi {customer}", "Hi")
    assert in_force("zh-hans") == greeting.shipped("zh-hans")
    texts.set_wording(kind=greeting, language="en", wording=Wording("Hello", "Hi"), by=administrator, at=AT, seen=0)
    with pytest.raises(Stale):
        texts.set_wording(kind=greeting, language="en", wording=Wording("Late", "Hi"), by=administrator, at=AT, seen=0)
    assert Event.objects.filter(target_id=row.pk, target_type__model="mailtext").count() == 2
    texts.reset_wording(kind=greeting, language="en", by=administrator, at=AT)
    assert in_force() == shipped


def test_a_wording_that_cannot_be_filled_is_not_stored(greeting, administrator):
    with pytest.raises(Refused):
        texts.set_wording(kind=greeting, language="en", wording=Wording("{oops}", "x"), by=administrator, at=AT)
    with pytest.raises(Refused):
        texts.set_wording(kind=greeting, language="en", wording=Wording("x", " "), by=administrator, at=AT)
    with pytest.raises(NotAllowed):
        texts.set_wording(kind=greeting, language="en", wording=Wording("x", "y"), by=User(role=Role.MANAGER), at=AT)
    assert not MailText.objects.exists()


def test_a_wording_older_than_the_placeholders_gives_way_to_the_shipped_one(greeting, db):
    MailText.objects.create(kind="greeting", language="en", subject="{gone}", body="x")
    assert in_force() == greeting.shipped("en")


def test_a_kind_that_names_sums_is_hidden_from_who_may_not_see_them(monkeypatch, greeting):
    texts.register(replace(greeting, name="offer", needs="prices.view"))
    assert texts.hidden_from(User(role="service_manager")) == ["offer"]
    assert texts.hidden_from(User(role="director")) == []
