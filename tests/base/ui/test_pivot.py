"""The analysis of a list: its figures, their sums, and the rows they lead to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from tests.factories import ContractFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contracts():
    bright, calm = CustomerFactory(name="Bright"), CustomerFactory(name="Calm")
    for customer, status, amount, day in (
        (bright, "active", "100.10", "2026-01-31"), (bright, "active", "200.20", "2026-02-01"),
        (bright, "draft", "50.00", "2026-02-28"), (calm, "active", "7.00", "2025-12-31"),
    ):  # fmt: skip
        ContractFactory(customer=customer, status=status, amount=Money(amount, "CNY"), signed_on=day)
    ContractFactory(customer=calm, status="active", amount=Money("3.00", "USD"), signed_on="2026-01-01")
    return bright, calm


def table(director, query):
    pivot = director.get(f"/probe/pivot/?{query}").context["pivot"]
    return pivot, {line.heading: [figure.html for figure in (*line.figures, line.whole)] for line in pivot.lines}


def shown(*sums):
    return "".join(f"<div>{each}</div>" for each in sums)


def money(text):
    return f'<span class="money">{text}</span>'


def test_numbers_of_rows_down_and_across_with_their_sums(director, contracts):
    pivot, lines = table(director, "group=customer&group=status")

    number = {n: shown(money(n)) for n in (1, 2, 3, 5)}
    assert [head.heading for head in pivot.heads] == ["Draft", "Active"]
    assert lines == {"Bright": [number[1], number[2], number[3]], "Calm": ["", number[2], number[2]]}
    assert [each.html for each in (*pivot.whole.figures, pivot.whole.whole)] == [number[1], shown(money(4)), number[5]]


def test_sums_of_money_never_mix_currencies(director, contracts):
    pivot, lines = table(director, "group=customer&measure=amount")

    assert lines["Bright"] == [shown(money("CNY 350.30"))]
    assert lines["Calm"] == [shown(money("CNY 7.00"), money("USD 3.00"))]
    assert pivot.whole.whole.html == shown(money("CNY 357.30"), money("USD 3.00"))
    data = pivot.option["series"][0]["data"]
    assert [each["value"] for each in data] == [0.35, 0.01]
    assert pivot.option["yAxis"]["name"] == "CNY 1,000"


def test_every_figure_leads_to_its_rows(director, contracts):
    pivot, _lines = table(director, "group=signed_on:month&group=status&q=&status=active&measure=amount")

    figures = [figure for line in (*pivot.lines, pivot.whole) for figure in (*line.figures, line.whole) if figure.href]
    for figure in figures:
        totals = director.get(figure.href).context["listing"].totals["amount"]
        assert figure.html == shown(*[money(f"{each.currency} {each.amount:,.2f}") for each in totals])
    assert len(figures) == 8
    assert [line.heading for line in pivot.lines] == ["Feb 2026", "Jan 2026", "Dec 2025"]
    january = director.get(pivot.lines[1].whole.href).context["listing"]
    assert january.count == 2
    assert pivot.option["series"][0]["link"].endswith("&in=signed_on%3Amonth%3D{key}")


def test_time_runs_from_left_to_right(director, contracts):
    pivot, _lines = table(director, "group=status&group=signed_on:month")

    assert [head.heading for head in pivot.heads] == ["Dec 2025", "Jan 2026", "Feb 2026"]
    assert "group=signed_on%3Amonth&group=status" in pivot.flipped


@pytest.mark.parametrize("chart", ["bar", "line", "pie", "nonsense"])
def test_draws_the_figures_it_shows(director, contracts, chart):
    pivot, _lines = table(director, f"group=customer&group=status&chart={chart}")

    kind = "bar" if chart == "nonsense" else chart
    assert {each["type"] for each in pivot.option["series"]} == {kind}
    values = [each["value"] for one in pivot.option["series"] for each in one["data"]]
    assert sum(values) == 5


def test_of_many_groups_the_largest_are_shown_and_those_without_anything_counted(director, contracts, monkeypatch):
    monkeypatch.setattr("base.ui.grouping.MAX_SECTIONS", 1)
    ContractFactory(manager=UserFactory())

    page = director.get("/probe/pivot/?group=manager&measure=amount")
    assert page.context["pivot"].cut
    assert "Only the largest groups" in page.content.decode()
    (line,) = page.context["pivot"].lines
    assert line.heading == "None"
    assert line.whole.html


def test_prices_are_no_measure_for_whom_they_are_hidden_from(enter, contracts):
    service = enter("service_manager")

    page = service.get("/probe/pivot/?group=customer&measure=amount")
    assert [each.name for each in page.context["pivot"].measures] == []
    assert page.context["pivot"].measure is None
    assert "350.30" not in page.content.decode()


def test_an_empty_list_has_nothing_to_analyse(director):
    page = director.get("/probe/pivot/").content.decode()

    assert "Probes come by themselves." in page
    assert "data-chart" not in page


def test_costs_the_same_whatever_it_counts(director, contracts):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            director.get("/probe/pivot/?group=customer&group=status&measure=amount")
        return len(seen)

    few = queries()
    ContractFactory.create_batch(20)
    assert queries() == few
