"""The plan and its forecast through the screens: read, held, released, run by hand."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, row, verbs
from tests.factories import UserFactory
from warranty.models import DailyRun, PlannedAction
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


def contract_due(**values):
    """Its renewal quote is due today."""
    last = ON + timedelta(days=90)
    return accepted(date(last.year - 1, last.month, last.day), planned_on=ON, **values)


def test_a_held_row_waits_with_its_reason_until_it_is_released(enter):
    contract = contract_due()
    quote = row(contract, "renewal_quote")
    manager = enter(contract.manager)

    manager.post(f"/plan/{quote.pk}/move/hold/", {"asked": 1, "reason": "They move house"})
    run_day(on=ON, by=None, at=AT)
    quote.refresh_from_db()
    assert (quote.state, quote.on_hold, quote.problem) == ("planned", True, "They move house")
    assert not RenewalQuote.objects.exists()
    assert "They move house" in manager.get("/plan/?quick=waiting").content.decode()

    manager.post(f"/plan/{quote.pk}/move/release/")
    run_day(on=ON, by=None, at=AT)
    quote.refresh_from_db()
    assert (quote.state, quote.on_hold, quote.problem) == ("done", False, "")
    assert [verb for verb in verbs(contract) if verb.startswith("plan_")] == ["plan_held", "plan_released"]


@pytest.mark.parametrize(
    ("language", "waits", "nobody"),
    [
        ("en", "Waits for the draft.", "Nobody carries out this kind."),
        ("zh-hans", "等待草稿。", "系统尚不支持执行此类事项。"),
    ],
)
def test_why_a_row_waits_is_told_in_the_readers_language_whatever_the_run_spoke(enter, language, waits, nobody):
    contract = contract_due()
    PlannedAction.objects.filter(contract=contract, kind="renewal_quote").update(on_hold=True, problem="Talks")
    send, unknown = row(contract, "renewal_send"), row(contract, "coverage_end")
    PlannedAction.objects.filter(pk=send.pk).update(due_on=ON)
    PlannedAction.objects.filter(pk=unknown.pk).update(due_on=ON, kind="site_survey")
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        run_day(on=ON, by=None, at=AT)

    director = enter(UserFactory(role="director", language=language))

    for address in ("/plan/?quick=waiting", f"/plan/{send.pk}/", f"/contracts/{contract.pk}/"):
        assert waits in director.get(address).content.decode(), address
    refused = director.post("/plan/bulk/run/", {"id": [unknown.pk], "asked": 1, "query": ""}, follow=True)
    assert nobody in refused.content.decode()
    assert nobody in director.get(f"/runs/{DailyRun.objects.earliest('pk').pk}/").content.decode()


def test_a_hold_needs_a_reason_and_what_comes_by_itself_cannot_be_held(enter):
    contract = contract_due()
    director = enter("director")

    refused = director.post(f"/plan/{row(contract, 'renewal_quote').pk}/move/hold/", {"asked": 1, "reason": " "})
    assert list(refused.context["form"].errors) == ["reason"]
    end = row(contract, "coverage_end")
    assert director.post(f"/plan/{end.pk}/move/hold/", {"asked": 1, "reason": "No"}).status_code == 409
    end.refresh_from_db()
    assert not end.on_hold


def test_many_rows_are_held_together_and_those_that_cannot_be_are_told(enter):
    contract = contract_due()
    rows = [row(contract, "renewal_quote"), row(contract, "coverage_end")]
    director = enter("director")

    answer = director.post(
        "/plan/bulk/hold/", {"id": [each.pk for each in rows], "asked": 1, "reason": "Talks", "query": ""}, follow=True
    )

    assert list(PlannedAction.objects.filter(on_hold=True)) == [rows[0]]
    assert "cannot be held back" in answer.content.decode()


def test_a_due_row_is_run_by_hand_and_one_that_is_not_due_is_not(enter):
    contract = contract_due()
    due, later = row(contract, "renewal_quote"), row(contract, "coverage_end")
    director = enter("director")

    director.post(f"/plan/{due.pk}/move/run/", {"asked": 1})
    refused = director.post(f"/plan/{later.pk}/move/run/", {"asked": 1})

    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state, refused.status_code) == ("done", "planned", 409)
    assert not DailyRun.objects.get().whole


def test_who_may_hold_and_who_may_run(enter):
    pk = row(contract_due(), "renewal_quote").pk

    assert enter("finance").post(f"/plan/{pk}/move/hold/", {"asked": 1, "reason": "x"}).status_code == 403
    assert enter("service_manager").post(f"/plan/{pk}/move/run/", {"asked": 1}).status_code == 403
    assert enter("engineer").get("/plan/").status_code == 403


def test_the_plan_of_foreign_contracts_is_not_there(enter):
    own, foreign = UserFactory(role="manager"), contract_due()
    contract_due(manager=own)
    manager = enter(own)

    assert {each.contract.manager for each in manager.get("/plan/").context["listing"].records} == {own}
    assert manager.get(f"/plan/{row(foreign, 'renewal_quote').pk}/").status_code == 404


def test_what_is_due_within_a_week_failed_or_of_a_kind_is_found(enter):
    contract = contract_due()
    failed = row(contract, "renewal_reminder", "60")
    PlannedAction.objects.filter(pk=failed.pk).update(state="failed", problem="No address")
    director = enter("director")

    def found(query):
        return [(each.kind, each.step) for each in director.get(f"/plan/?{query}").context["listing"].records]

    assert found("quick=failed") == [("renewal_reminder", "60")]
    assert ("renewal_quote", "") in found("quick=week")
    assert ("coverage_end", "") not in found("quick=month")
    assert found("kind=coverage_end") == [("coverage_end", "")]
    assert director.get("/plan/month/feed/?start=2026-11-01&end=2026-12-01").status_code == 200


def test_the_list_takes_as_many_queries_for_three_contracts_as_for_one(enter):
    director = enter("director")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert director.get("/plan/?quick=open").status_code == 200
        return len(seen)

    contract_due()
    queries()
    one = queries()
    contract_due(), contract_due()
    assert queries() == one


# --- forecast


def test_the_forecast_shows_stored_and_projected_rows_of_its_days(enter):
    contract = contract_due(number="HT-9")
    director = enter("director")

    page = director.get("/forecast/?from=2026-11-22&to=2028-03-01")
    text = page.content.decode()
    assert "HT-9" in text
    assert "projected" in text
    assert "CNY 240,000.00" in text
    assert page.context["sums"] is None
    sums = director.get("/forecast/sums/?from=2026-11-22&to=2028-03-01").context["sums"]
    assert sums[0].amount > 0
    assert director.get("/forecast/?from=2026-11-22&to=2028-03-01&sums=1").context["sums"] == sums
    short = director.get("/forecast/?from=2026-11-22&to=2026-11-22").context["lines"]
    assert [(each.row.kind, each.row.due_on, each.contract) for each in short if each.row.kind == "renewal_quote"] == [
        ("renewal_quote", ON, contract)
    ]


@pytest.mark.parametrize("query", ["", "?from=never&to=2020-13-01", "?from=2026-11-22&to=2020-01-01", "?to=9999-12-31"])
def test_days_that_cannot_be_are_a_month_from_today_at_most_three_years(enter, query):
    contract_due()

    span = enter("director").get(f"/forecast/{query}").context["span"]

    assert span.first == ON
    assert ON <= span.last <= ON + timedelta(days=3 * 366)


def test_the_forecast_hides_prices_and_foreign_contracts(enter):
    contract_due()

    for address in ("/forecast/", "/forecast/?sums=1", "/forecast/sums/"):
        assert "CNY" not in enter("service_manager").get(address).content.decode()
    assert enter("manager").get("/forecast/").context["lines"] == []
    assert enter("engineer").get("/forecast/").status_code == 403
