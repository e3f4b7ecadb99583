"""Who may not see prices meets none: in no page, export, paper, feed or search."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from djmoney.models.fields import MoneyField

from base.accounts import operations as operations_of_people
from base.accounts.access import may
from base.accounts.models import Role, User
from base.chatter.files import add_attachment
from base.chatter.models import Todo
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from base.ui import operations
from base.ui.page import PAGES
from contracts.models import Contract, Customer
from service.models import PriceConsent, PriceLine, Visit, VisitPart
from tests.access.answers import told
from tests.access.doors import doors
from tests.access.test_rows import _around, words
from tests.access.world import PDF
from warranty.planning.run import run_day
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db

#: What a visit costs is told by whoever makes it: the customer signs it with the service record.
TOLD_ON_SITE = {PriceConsent, PriceLine, Visit, VisitPart}
#: Ten in the morning of the day on which next year's budget is proposed.
JULY = datetime(2027, 7, 1, 2, 0, tzinfo=UTC)
BLIND = [Role.SERVICE_MANAGER, Role.ENGINEER, Role.ADMINISTRATOR]


@pytest.fixture(scope="module")
def july(world, django_db_blocker):
    """A house in the budget season: each July the amounts for next year are proposed."""
    with django_db_blocker.unblock():
        Customer.objects.update(budget_funded=True)
        director = world.people[Role.DIRECTOR]
        with time_machine.travel(JULY, tick=False):
            plan_contracts(Contract.objects.values_list("pk", flat=True), on=JULY.date())
            run_day(on=JULY.date(), by=director, at=JULY, only="budget_notice")
        assert Todo.objects.filter(kind="budget_notice").count() > 2
        assert OutgoingMail.objects.filter(kind="budget_notice").exists()
    return world


def sums():
    """Every sum of money in the database of a thousand or more, as it may be written."""
    found = set()
    for model in set(apps.get_models()) - TOLD_ON_SITE:
        for field in model._meta.concrete_fields:
            if isinstance(field, MoneyField):
                for amount in model._base_manager.values_list(field.name, flat=True):
                    if amount and abs(amount) >= 1000:
                        found |= {f"{int(amount):,}.", f"{int(amount)}.{int(amount * 100) % 100:02d}"}
    return found


def choose_all_columns(user):
    for page in PAGES.values():
        operations.choose_columns(by=user, page=page.slug, columns=[each.name for each in page.all_columns()])


def read_everything(client, user, side):
    """Every address looked at and, where it answers with a page, posted to; and the lists in every priced order."""
    for door in doors(side, user):
        if may(user, door.needs) and not door.pattern.name.startswith(("account_", "customer_")):
            query = {"start": "2026-01-01", "end": "2026-03-31"} if "feed" in door.path else {}
            yield str(door), words(client.get(door.path, query))
            before = transaction.savepoint()
            yield f"post {door}", words(client.post(door.path, {"asked": "1"}))
            transaction.savepoint_rollback(before)
    yield "todos", words(client.get("/todos/"))
    yield "search", "".join(words(client.get("/search/", {"q": mark})) for mark in (side.mark, "BJ-", "KP-", "FW-"))
    for person in User.objects.filter(is_active=True):
        if may(user, "users.view"):
            for tab in ("todos", "history", "contracts"):
                yield f"{tab} of {person}", words(client.get(f"/users/{person.pk}/tab/{tab}/"))
    for page in PAGES.values():
        for tab in page.tabs if may(user, page.actions.view) else ():
            for record in side.of(page.model)[:5]:
                yield f"{page.slug} {tab.name}", words(client.get(f"{page.address('sheet', record.pk)}tab/{tab.name}/"))
        if may(user, page.actions.view):
            for name in page.guards:
                query = {"group": name, "sort": f"-{name}", f"{name}_min": "1", "quick": "big"}
                yield f"{page.slug} by {name}", words(client.get(page.address(), query))


@pytest.mark.parametrize("role", BLIND)
def test_no_sum_of_money_is_shown_to_who_may_not_see_prices(july, enter, role):
    world = july
    user, secret, shown = world.people[role], sums(), {}
    choose_all_columns(user)
    for where, text in read_everything(enter(user), user, world.ours):
        for amount in secret:
            if amount in text:
                shown[where] = _around(text, amount)

    assert len(secret) > 10
    assert not shown, told(shown)


def test_the_same_pages_do_show_them_to_who_may(july, enter):
    """Else the test above would find nothing for another reason."""
    world = july
    user, secret = world.people[Role.DIRECTOR], sums()
    choose_all_columns(user)
    showing = {
        where for where, text in read_everything(enter(user), user, world.ours) if any(s in text for s in secret)
    }

    for piece in ("contracts:list", "contracts:export_csv", "contracts:export_xlsx", "contracts:sheet", "quotes:sheet",
                  "quotes_paper", "invoices:board", "terms:list", "forecast"):  # fmt: skip
        assert any(where.startswith(piece) for where in showing), piece


@pytest.mark.parametrize("role", BLIND)
def test_order_and_filters_tell_nothing_of_a_price_either(world, enter, role):
    user = world.people[role]
    client = enter(user)
    plain = words(client.get("/contracts/export.csv")) if may(user, "contracts.export") else ""
    rows = client.get("/contracts/").content.decode().count("data-href")
    for query in ({"sort": "amount"}, {"amount_min": "99999999"}, {"amount_max": "1"}, {"group": "amount"}):
        assert client.get("/contracts/", query).content.decode().count("data-href") == rows, query
        assert not plain or words(client.get("/contracts/export.csv", query)) == plain


@pytest.mark.parametrize("role", BLIND)
def test_a_deputy_who_sees_no_prices_is_not_offered_and_would_meet_none(july, enter, role):
    """Whoever is entered as a deputy all the same, as by an earlier version, sees no to-do of the absent."""
    manager, blind = july.ours.manager, july.people[role]
    assert not operations_of_people.deputies_for(manager).filter(pk=blind.pk).exists()
    with pytest.raises(Refused):
        operations_of_people.set_deputy(user=manager, deputy=blind, by=manager, at=JULY)
    User.objects.filter(pk=manager.pk).update(deputy=blind)
    text, secret = words(enter(blind).get("/todos/")), sums()
    assert not [amount for amount in secret if amount in text]


@pytest.mark.parametrize("role", BLIND)
def test_a_contract_s_files_hold_prices_unless_somebody_says_otherwise(july, enter, role):
    user = july.people[role]
    contract = july.ours.of(Contract).order_by("pk").first()
    signed_ = add_attachment(
        target=contract, upload=SimpleUploadedFile("signed.pdf", PDF), by=july.ours.manager, at=JULY
    )
    address = f"/contracts/{contract.pk}/files/{signed_.pk}/"
    client, manager = enter(user), enter(july.ours.manager)
    assert opened(client, address) == 404
    assert opened(manager, address) == 200
    assert client.post(f"{address}mark/", {"commercial": "no"}).status_code == 403
    manager.post(f"{address}mark/", {"commercial": "no"})
    assert opened(client, address) == (200 if may(user, "files.view") else 403)


def opened(client, address):
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code
