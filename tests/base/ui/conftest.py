"""Every test here runs with the probe page beside the product's own."""

from pathlib import Path

import pytest
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def probe_is_there(settings):
    settings.ROOT_URLCONF = "tests.base.ui.probe"
    own = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    settings.TEMPLATES = [own]
    # Every client builds the middleware anew: without this each test would list all static files first.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def enter():
    """Log a person in: `enter(user)`, or a new one of a role: `enter("engineer")`."""

    def client_of(user):
        if isinstance(user, str):
            user = UserFactory(role=user)
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return client_of


@pytest.fixture
def director(db, enter):
    return enter("director")
