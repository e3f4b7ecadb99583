"""Daily runs through the screens: looked at, started by hand, taken again for what failed."""

from datetime import date, timedelta

import pytest

from billing.models import TaxRate
from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, row
from warranty.models import DailyRun
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(db):
    """Its renewal quote is due today."""
    last = ON + timedelta(days=90)
    return accepted(date(last.year - 1, last.month, last.day), planned_on=ON, number="HT-9")


def test_a_dry_run_says_what_would_be_done_and_the_button_does_it(enter, due):
    director = enter("director")

    page = director.get("/runs/today/")
    assert "The day was not run yet." in page.content.decode()
    assert {each["kind"]: each["done"] for each in page.context["kinds"]}["renewal quote is drafted"] == 1
    assert not RenewalQuote.objects.exists()
    assert not DailyRun.objects.exists()

    answer = director.post("/runs/today/")
    run = DailyRun.objects.get()
    assert (answer.url, run.by, run.whole) == (f"/runs/{run.pk}/", director.user, True)
    assert RenewalQuote.objects.exists()
    assert "The day was run already" in director.get("/runs/today/").content.decode()


def test_a_failure_is_listed_with_its_reason_and_run_again_once_it_is_mended(enter, due):
    TaxRate.objects.update(valid_from=date(2030, 1, 1))
    run_day(on=ON, by=None, at=AT)
    run = DailyRun.objects.get()
    director = enter("director")

    page = director.get(f"/runs/{run.pk}/").content.decode()
    assert "no tax rate is valid" in page
    assert f'href="/contracts/{due.pk}/?tab=plan"' in page
    assert [each.pk for each in director.get("/runs/?quick=failed").context["listing"].records] == [run.pk]
    still = director.post(f"/runs/{run.pk}/move/again/", {"version": ""}, follow=True)
    assert "no tax rate is valid" in still.content.decode()

    TaxRate.objects.update(valid_from=date(2020, 1, 1))
    newest = DailyRun.objects.order_by("-pk")[0]
    director.post(f"/runs/{newest.pk}/move/again/")
    assert row(due, "renewal_quote").state == "done"
    assert director.get(f"/runs/{newest.pk}/").context["move_states"] == []


def test_who_may_look_and_who_may_start(enter, due):
    assert enter("auditor").get("/runs/").status_code == 200
    assert enter("auditor").post("/runs/today/").status_code == 403
    for role in ("manager", "finance", "service_manager", "engineer"):
        assert enter(role).get("/runs/").status_code == 403
    assert not DailyRun.objects.exists()
