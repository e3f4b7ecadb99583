"""What tests of screens share: a browser for a person, and the clock standing at the tests' own day."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from base.accounts.models import User
from tests.chain import AT
from tests.factories import UserFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def frozen(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A Sunday morning; files go to a folder of their own."""
    settings.MEDIA_ROOT = tmp_path
    # Every client builds the middleware anew: without this each test would list all static files first.
    settings.WHITENOISE_AUTOREFRESH = True
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def enter(db: None) -> Callable[[User | str], Client]:
    """A browser a person is logged in with: `enter(user)`, or a new one of a role: `enter("engineer")`."""

    def client_of(user: User | str) -> Client:
        client: Any = Client()
        client.user = UserFactory(role=user) if isinstance(user, str) else user
        client.force_login(client.user)
        return client  # type: ignore[no-any-return]

    return client_of
