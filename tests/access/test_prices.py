"""Who may not see prices meets none: in no page, export, paper, feed or search."""

import pytest
from django.apps import apps
from django.db import transaction
from djmoney.models.fields import MoneyField

from base.accounts.access import may
from base.accounts.models import Role
from base.ui import operations
from base.ui.page import PAGES
from service.models import PriceConsent, PriceLine, Visit, VisitPart
from tests.access.answers import told
from tests.access.doors import doors
from tests.access.test_rows import _around, words

pytestmark = pytest.mark.django_db

#: What a visit costs is told by whoever makes it: the customer signs it with the service record.
TOLD_ON_SITE = {PriceConsent, PriceLine, Visit, VisitPart}
BLIND = [Role.SERVICE_MANAGER, Role.ENGINEER, Role.ADMINISTRATOR]


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
    for page in PAGES.values():
        if may(user, page.actions.view):
            for name in page.guards:
                query = {"group": name, "sort": f"-{name}", f"{name}_min": "1", "quick": "big"}
                yield f"{page.slug} by {name}", words(client.get(page.address(), query))


@pytest.mark.parametrize("role", BLIND)
def test_no_sum_of_money_is_shown_to_who_may_not_see_prices(world, enter, role):
    user, secret, shown = world.people[role], sums(), {}
    choose_all_columns(user)
    for where, text in read_everything(enter(user), user, world.ours):
        for amount in secret:
            if amount in text:
                shown[where] = _around(text, amount)

    assert len(secret) > 10
    assert not shown, told(shown)


def test_the_same_pages_do_show_them_to_who_may(world, enter):
    """Else the test above would find nothing for another reason."""
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
