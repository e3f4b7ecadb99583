"""A plan to run, made once for the tests that share it."""

import pytest

from tests.warranty.planning.scenario import build
from warranty.planning import kinds
from warranty.planning.kinds import plug_handler


@pytest.fixture(scope="module")
def life(module_db) -> None:
    """Contracts in all walks of life, up to a month before the scenario's day."""
    build()


@pytest.fixture
def handlers(monkeypatch):
    """Lets a test plug in handlers of its own."""
    monkeypatch.setattr(kinds, "_handlers", dict(kinds._handlers))
    return plug_handler
