from datetime import UTC, datetime

import pytest

from base.accounts.models import Role, User
from base.chatter import visibility
from base.chatter.models import Attachment, Message, Todo
from base.company.models import CalendarYear, Company
from base.company.queries import company
from base.documents.models import Document
from base.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def insider(monkeypatch):
    """May see the company's row, and calendar years from 2020."""
    user = User.objects.create(username="in", email="in@example.com", role=Role.MANAGER)
    monkeypatch.setattr(visibility, "_shown", {})
    visibility.register(Company, lambda who: Company.objects.filter(pk=1 if who == user else 0))
    visibility.register(CalendarYear, lambda who: CalendarYear.objects.filter(year__gte=2020))
    return user


@pytest.fixture
def outsider():
    return User.objects.create(username="out", email="out@example.com", role=Role.MANAGER)


def test_a_record_is_visible_to_whom_its_app_says(insider, outsider):
    assert visibility.is_visible(insider, company())
    assert not visibility.is_visible(outsider, company())
    assert not visibility.is_visible(insider, CalendarYear(year=2019))


def test_nobody_sees_what_no_app_speaks_for(insider):
    assert not visibility.is_visible(insider, insider)
    assert not visibility.is_visible(insider, None)


@pytest.mark.parametrize("model", [Attachment, Document, Message, Todo, OutgoingMail])
def test_what_hangs_on_a_record_is_seen_with_it(insider, outsider, model):
    hanging = model(target=company())
    assert visibility.is_visible(insider, hanging)
    assert not visibility.is_visible(outsider, hanging)


def test_what_hangs_on_a_record_that_is_gone_is_seen_by_nobody(insider):
    assert not visibility.is_visible(insider, Message(target=CalendarYear(year=1990)))


def test_lists_are_narrowed_to_visible_records(insider, outsider, django_assert_num_queries):
    for target in (company(), CalendarYear.objects.get(year=2019), CalendarYear.objects.get(year=2020), insider):
        Message.objects.create(target=target, by=insider, at=AT, text=str(target.pk))
    seen = visibility.on_visible_targets(insider, Message.objects.order_by("id"))
    assert [message.text for message in seen] == ["1", "2020"]
    assert [message.text for message in visibility.on_visible_targets(outsider, Message.objects.all())] == ["2020"]
    with django_assert_num_queries(1):
        list(visibility.on_visible_targets(insider, Message.objects.all()))


def test_the_action_that_shows_a_record_is_asked_as_well_as_its_rows(insider):
    """An administrator sees every contract and no quote: what hangs on quotes is not theirs either."""
    visibility.register(CalendarYear, lambda who: CalendarYear.objects.filter(year__gte=2020), "quotes.view")
    year = CalendarYear.objects.get(year=2020)
    Message.objects.create(target=year, by=insider, at=AT, text="on a year")
    administrator = User.objects.create(username="a", email="a@example.com", role=Role.ADMINISTRATOR)
    assert visibility.is_visible(insider, year)
    assert visibility.on_visible_targets(insider, Message.objects.all()).exists()
    assert not visibility.is_visible(administrator, year)
    assert not visibility.on_visible_targets(administrator, Message.objects.all()).exists()
