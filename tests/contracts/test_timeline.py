"""The strip of a contract's life: what is on it, and that all of it lies inside of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.ui.look import Look
from contracts.timeline import Bar, Mark, _in_lanes, _Scale, strip
from tests.chain import AT, ON, accepted, paid_term, sent, signed
from tests.factories import UserFactory
from warranty.enums import TermKind
from warranty.operations import add_term

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def look(role="director"):
    return Look(user=UserFactory(role=role), today=ON, now=AT, language="en")


def percent(text):
    return float(text.removesuffix("%"))


@given(st.lists(DAYS, min_size=1, max_size=12))
def test_every_day_lies_inside_and_in_order(days):
    scale = _Scale.over(days)
    places = [scale.at(each) for each in sorted(days)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert 1 <= len(list(scale.ticks())) <= 12


@given(DAYS, DAYS)
def test_a_bar_ends_where_its_last_day_ends(one, two):
    first, last = sorted([one, two])
    scale = _Scale.over([first, last])
    stretch = scale.stretch(Bar(first, last, "paid", "paid"))
    assert percent(stretch.x) == pytest.approx(scale.at(first), abs=0.01)
    assert percent(stretch.x) + percent(stretch.width) == pytest.approx(scale.at(last + timedelta(days=1)), abs=0.5)


def test_labels_that_would_cover_each_other_go_a_line_higher():
    days = [date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 9), date(2026, 12, 31)]
    spots = list(_in_lanes([Mark(day, "preliminary acceptance", "m") for day in days], _Scale.over(days)))
    assert [spot.lane for spot in spots] == [0, 1, 2, 0]
    assert [spot.anchor for spot in spots] == ["start", "start", "start", "end"]


@pytest.mark.django_db
def test_a_contract_that_is_not_accepted_shows_its_milestones_and_trial_run():
    contract = signed(go_live_on=date(2026, 5, 1), deemed_acceptance_on=date(2026, 12, 1))

    found = strip(contract, look())

    assert [each.mark.kind for each in found.milestones] == ["signed", "go-live", "deemed"]
    assert [each.bar.kind for each in found.stretches] == ["trial"]
    assert [each.label for each in found.standing] == ["trial run"]
    assert found.coming == []


@pytest.mark.django_db
def test_terms_gaps_visits_and_what_comes_next():
    contract = accepted(date(2024, 3, 1), free_months=12)
    add_term(
        contract=contract, kind=TermKind.GOODWILL, months=12, first_day=date(2026, 6, 1), by=None, at=AT, on=ON, origin="person"
    )  # fmt: skip

    found = strip(contract, look())

    assert [(each.bar.kind, each.bar.ends) for each in found.stretches] == [
        ("free", "2024-03-01 – 2025-03-01"),
        ("gap", "2025-03-02 – 2026-05-31"),
        ("goodwill", "2026-06-01 – 2027-05-31"),
    ]
    assert {"visit-planned", "renewal"} <= found.kinds
    days = [each.day for each in found.coming]
    assert days == sorted(days)
    assert found.coming[-1].text == "The renewal quote expires, unless it was decided"
    assert len(found.headlines) + found.rest == len(found.coming)
    assert sum(each.minor for each in found.headlines[1:]) == 0


@pytest.mark.django_db
def test_lapsed_coverage_is_a_gap_up_to_today():
    found = strip(accepted(date(2024, 3, 1)), look())

    assert [(each.bar.kind, each.bar.ends) for each in found.stretches][-1] == ("gap", "2025-03-02 – 2026-11-22")
    assert (found.standing[0].label, found.standing[0].detail) == ("lapsed", "since 2025-03-02")


@pytest.mark.django_db
def test_a_sent_quote_is_a_mark_for_those_who_see_quotes():
    contract = accepted(date(2026, 1, 15))
    paid_term(contract, "100000.00")
    quote = sent(contract)

    def quotes(role):
        return [each.mark.label for each in strip(contract, look(role)).below if each.mark.kind == "quote"]

    assert quotes("director") == [f"{quote} sent"]
    assert quotes("service_manager") == []


@pytest.mark.django_db
def test_an_engineer_reads_the_visits_but_not_the_plan():
    engineer = UserFactory(role="engineer")
    contract = accepted(engineer=engineer)

    found = strip(contract, Look(user=engineer, today=ON, now=AT, language="en"))

    assert "visit-planned" in found.kinds
    assert found.coming == []
