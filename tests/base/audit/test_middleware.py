"""What is private stays in no browser and no proxy."""

import pytest

from tests.chain import accepted, sent
from tests.screens import enter

__all__ = ["enter"]
pytestmark = pytest.mark.django_db
PRIVATE = "no-store, private"


def test_every_private_answer_is_kept_nowhere(enter):
    director = enter("director")
    quote = sent(accepted())
    for path in (
        "/",
        "/contracts/",
        f"/contracts/{quote.contract_id}/",
        "/contracts/export.xlsx",
        "/contracts/export.csv",
        f"/quotes/{quote.pk}/papers/quote/",
        "/contracts/options/customer/?q=a",
        "/nowhere/",
        "/health/page/",
    ):
        assert director.get(path)["Cache-Control"] == PRIVATE, path


def test_the_log_in_is_kept_nowhere_either(client):
    assert client.get("/accounts/login/")["Cache-Control"] == PRIVATE
    assert client.get("/contracts/")["Cache-Control"] == PRIVATE
