"""Whatever is logged, by whoever: no line holds the secret of a link."""

import io
import json
import logging
import sys

import pytest
import structlog
from django.conf import settings

from config import logs

SECRET = "5rel-UBH5-MggqtsB2lBmIhMObC9E5eE"


@pytest.fixture
def lines(monkeypatch):
    """What came out on standard error since the logs were set up, line by line."""
    root, known, written = logging.getLogger(), logging.getLogger().handlers[:], io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure(settings.LOGGING)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = known


def test_django_s_warnings_and_our_own_events_are_masked(lines):
    logging.getLogger("django.request").warning("Not Found: %s", f"/q/{SECRET}/", extra={"status_code": 404})
    structlog.get_logger("ours").info("looked", path=f"/c/{SECRET}/agree/", more={"tried": [f"/s/{SECRET}/"]}, n=3)
    written = lines()
    assert [line["event"] for line in written] == ["Not Found: /q/…E5eE/", "looked"]
    assert (written[1]["path"], written[1]["more"], written[1]["n"]) == (
        "/c/…E5eE/agree/", {"tried": ["/s/…E5eE/"]}, 3,
    )  # fmt: skip


def test_a_traceback_is_masked(lines):
    try:
        raise ValueError(f"cannot open http://127.0.0.1/q/{SECRET}/")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /q/%s/accept/", SECRET)
    [line] = lines()
    assert SECRET not in json.dumps(line)
    assert "…E5eE" in line["exception"]
