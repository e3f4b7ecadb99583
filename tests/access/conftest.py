"""Everything here plays on one Sunday morning in Shanghai, in a house with two account managers' records."""

import logging

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from tests.access import world as worlds
from tests.chain import AT


def _atomic():
    """A transaction as Django's TestCase opens it: what must not run inside of one may run inside of this."""
    atomic = transaction.atomic()
    atomic._from_testcase = True
    return atomic


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once a module, because it takes seconds; what a test does to it, its own transaction takes back."""
    settings = pytest.MonkeyPatch()
    settings.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("files"))
    # Every client builds the middleware anew: without this each would list all static files first.
    settings.setattr("django.conf.settings.WHITENOISE_AUTOREFRESH", True, raising=False)
    # Thousands of refusals need no page around them; the browser tests look at that one.
    for status in (403, 404):
        settings.setattr(
            f"config.urls.handler{status}", lambda request, exception, status=status: HttpResponse(status=status)
        )
    _ = get_resolver().url_patterns  # declares all pages
    with django_db_blocker.unblock(), time_machine.travel(AT, tick=False), _atomic():
        yield worlds.build()
        transaction.set_rollback(True)
    settings.undo()


@pytest.fixture(autouse=True)
def _quiet(caplog):
    """Hundreds of refusals are what is asked for here; none of them is news."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.security.csrf")


@pytest.fixture
def enter():
    """A browser a person is logged in with; it shows error pages instead of raising."""

    def client_of(user, **options):
        client = Client(raise_request_exception=False, **options)
        client.force_login(user)
        return client

    return client_of
