"""Who came in, tried to, left, or took something away: a chained log in months, dropped whole (docs/rules.md 18.2)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from base.audit import receivers
from base.audit.accesses import drop_old_accesses, last_dropped, month_of, note_access
from base.audit.models import Access, LogHead, Seal
from base.audit.sealing import seal
from base.audit.verifying import problems
from base.chatter.files import add_attachment
from base.chatter.models import Event
from tests.chain import AT, ON, accepted, sent
from tests.factories import UserFactory
from tests.screens import enter

__all__ = ["enter"]

pytestmark = pytest.mark.django_db
PASSWORD = "langes-kennwort-42"


@pytest.fixture
def person():
    user = UserFactory(role="director", username="zhao")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client, password=PASSWORD, name="zhao"):
    return client.post("/accounts/login/", {"login": name, "password": password})


def kinds():
    return list(Access.objects.order_by("id").values_list("kind", "name"))


def test_where_a_request_comes_from_is_told_or_left_empty(rf):
    assert receivers.address_of(rf.get("/")) == "127.0.0.1"
    assert receivers.address_of(rf.get("/", REMOTE_ADDR="")) == receivers.address_of(None) == ""


def test_coming_in_and_leaving_are_written_down(client, person):
    assert log_in(client).status_code == 302
    client.post("/accounts/logout/")
    assert kinds() == [("login", "zhao"), ("logout", "zhao")]
    first = Access.objects.earliest("id")
    assert (first.by, first.address) == (person, "127.0.0.1")


def test_failed_log_ins_are_one_row_for_each_name_address_and_minute(client, person):
    with time_machine.travel(AT, tick=False) as clock:
        for _try in range(3):
            log_in(client, "wrong")
        log_in(client, "wrong", name="nobody")
        clock.shift(timedelta(minutes=1))
        log_in(client, "wrong")
    assert kinds() == [("login_failed", "zhao"), ("login_failed", "nobody"), ("login_failed", "zhao")]
    assert "wrong" not in str(list(Access.objects.values()))


def test_a_log_in_that_is_refused_before_the_password_is_looked_at_is_written_down_too(client, person):
    with time_machine.travel(AT, tick=False) as clock:
        for _try in range(30):
            log_in(client, "wrong")
        clock.shift(timedelta(minutes=1))
        log_in(client)
        log_in(client, name="x" * 5000)
    assert [kind for kind, _name in kinds()] == ["login_failed"] * 3
    assert {len(name) for _kind, name in kinds()} <= {4, 150}


def test_what_is_taken_away_is_written_down(enter, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    director = enter("director")
    contract = accepted()
    file = add_attachment(target=contract, upload=ContentFile(b"a plain text", "note.txt"), by=director.user, at=AT)
    for path in (
        "/contracts/",
        "/contracts/export.csv",
        f"/contracts/{contract.pk}/files/{file.pk}/",
        f"/contracts/{contract.pk}/",
    ):
        answer = director.get(path)
        assert answer.status_code == 200, path
        answer.close()
    found = Access.objects.filter(by=director.user).exclude(kind="login").order_by("id")
    assert [each.kind for each in found] == ["export", "download"]
    assert found[0].what == "/contracts/export.csv"


def test_a_paper_that_is_opened_is_written_down_and_the_secret_of_a_link_is_not(enter, client):
    quote = sent(accepted())
    director = enter("director")
    assert director.get(f"/quotes/{quote.pk}/papers/quote/").status_code == 200
    assert Access.objects.filter(kind="print", by=director.user).count() == 1


def test_the_log_is_sealed_by_month_and_kept_as_it_is(director):
    for at in (AT, AT + timedelta(days=40)):
        note_access(Access.Kind.LOGIN, by=director, at=at, name="a")
    assert seal(at=AT) == 2
    assert set(Seal.objects.values_list("log", "sequence")) == {
        (month_of(ON), 1),
        (month_of(ON + timedelta(days=40)), 1),
    }
    for sql in ("UPDATE audit_access SET name = 'b'", "DELETE FROM audit_access"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert list(problems(ON)) == []


@pytest.mark.parametrize(
    ("on", "months", "segment"),
    [("2026-11-29", 12, 202510), ("2026-01-01", 12, 202412), ("2026-11-29", 6, 202604), ("2026-12-31", 11, 202512)],
)
def test_which_months_go(on, months, segment):
    assert last_dropped(date.fromisoformat(on), months) == segment


def test_a_month_is_dropped_as_a_whole_and_told_of(director):
    note_access(Access.Kind.LOGIN, by=director, at=AT - timedelta(days=500), name="a")
    note_access(Access.Kind.LOGIN, by=director, at=AT, name="b")
    gone = month_of(ON - timedelta(days=500))
    assert drop_old_accesses(on=ON, at=AT) == [gone]
    assert list(Access.objects.values_list("name", flat=True)) == ["b"]
    assert LogHead.objects.get(log=gone).dropped_at == AT
    assert Event.objects.get(verb="access_log_dropped").changes["rows"] == [1, 0]
    assert drop_old_accesses(on=ON, at=AT) == []
    assert list(problems(ON)) == []
