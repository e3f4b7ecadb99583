import pytest

from base.chatter import visibility
from base.mail.models import OutgoingMail
from base.ui import page
from tests.factories import ContractFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_records_of_a_page_are_visible_as_its_rows_are():
    manager = UserFactory(role="manager")
    mine, foreign = ContractFactory(manager=manager), ContractFactory()

    assert visibility.is_visible(manager, mine)
    assert not visibility.is_visible(manager, foreign)


@pytest.mark.parametrize("role", ["director", "manager", "engineer"])
def test_what_hangs_on_records_is_visible_through_them(role):
    mails = OutgoingMail.objects.all()

    assert list(visibility.on_visible_targets(UserFactory(role=role), mails)) == []


def test_a_slug_is_taken_once():
    first = page.main_pages()[0]

    with pytest.raises(ValueError, match=first.slug):
        page.register(first)
