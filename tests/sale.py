"""A contract that lived: accepted a year ago, its renewal drafted, sent, accepted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from base.accounts.models import Role, User
from base.company.models import Company
from base.company.queries import today
from base.lib.dates import add_months
from billing.models import Invoice
from contracts.models import Contract
from renewals import decisions, quotes, sending
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from tests.factories import ContactFactory, ContractFactory, UserFactory
from warranty.operations import record_acceptance


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def now(db: None) -> datetime:
    """The moment the test plays at; pages read the same clock."""
    Company.objects.update(name="Weibao Ltd", hotline="400-555-0100", sender_email="service@example.com")
    return timezone.now()


@pytest.fixture
def day(now: datetime) -> date:
    return today(now)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person of each role."""
    return {role.value: UserFactory(username=role.value, role=role) for role in Role}


@pytest.fixture
def as_(people: dict[str, User]) -> Callable[[str], Client]:
    """A browser logged in as a role."""

    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return log_in


@pytest.fixture
def make_contract(people: dict[str, User], now: datetime, day: date) -> Callable[..., Contract]:
    """An accepted contract whose free year ends in sixty days, unless said otherwise."""

    def make(ends_in: int = 60, **fields: object) -> Contract:
        accepted = add_months(day + timedelta(days=ends_in), -12)
        contact = ContactFactory()
        contract = ContractFactory(
            customer=contact.customer,
            contact=contact,
            manager=people["manager"],
            signed_on=accepted - timedelta(days=90),
            **fields,
        )
        record_acceptance(contract=contract, accepted_on=accepted, by=None, at=now, on=day)
        return contract

    return make


@pytest.fixture
def contract(make_contract: Callable[..., Contract]) -> Contract:
    return make_contract()


@pytest.fixture
def draft(contract: Contract, people: dict[str, User], now: datetime, day: date) -> RenewalQuote:
    """A draft at the rule's price: 240,000.00, the cap."""
    return quotes.draft_quote(contract=contract, by=people["manager"], at=now, on=day)


@pytest.fixture
def sent(draft: RenewalQuote, people: dict[str, User], now: datetime, day: date) -> RenewalQuote:
    sending.send_quote(quote=draft, by=people["manager"], at=now, on=day)
    return draft


@pytest.fixture
def invoice(sent: RenewalQuote, people: dict[str, User], now: datetime, day: date) -> Invoice:
    """The draft invoice of an accepted quote."""
    decisions.accept_quote(quote=sent, by=people["manager"], at=now, on=day, name="Ms Wang")
    return invoices_of(sent).get()
