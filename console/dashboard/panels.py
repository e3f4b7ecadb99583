"""The parts of a home page that show more than a number. Charts say the same in a table beneath them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from base.lib.dates import add_months
from base.lib.percent import percent
from base.ui import cells, charts, grouping
from base.ui.look import Look
from base.ui.todos import open_for
from base.ui.totals import added, by_key, plain
from billing.pages.exports import ExportPage
from billing.pages.invoices import AGES, InvoicePage
from console.dashboard.figures import Figure, Tile
from renewals.cohorts import Cohort, cohorts
from renewals.enums import QuoteStatus
from renewals.pages.quotes import QuotePage
from service import labels
from service.enums import Leg, LegState
from service.pages.requests import RequestPage
from service.queries import LEG_FIELDS, legs_by_month
from warranty.models import DailyRun
from warranty.pages.inspections import InspectionPage
from warranty.pages.plan import PlanPage
from warranty.pages.runs import RunPage, failures_of
from warranty.pages.terms import TermPage
from warranty.planning.fields import kind_label

#: Lines of a panel that is a list; its heading leads to all of them.
LINES = 6
_MONTHS_BACK, _MONTHS_AHEAD, _MONTHS_OF_DESK = 11, 6, 5
_PIPELINE = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.DECLINED)


@dataclass(frozen=True)
class Panel:
    """A titled card: a template and what it is given."""

    name: str
    title: Any
    template: str
    context: dict[str, Any]
    href: str = ""


@dataclass(frozen=True)
class Later:
    """A panel that the page fetches once it stands; until then there is its title, and room for it."""

    name: str
    title: Any
    make: Callable[[Look], Panel | None]


def todos(look: Look) -> Panel:
    """What this person should see to, the nearest first."""
    rows = open_for(look.user)
    context = {"todos": list(rows.prefetch_related("target")[:LINES]), "count": rows.count()}
    return Panel("todos", gettext_lazy("My to-dos"), "console/dashboard/todos.html", context, reverse("todos"))


def pipeline(look: Look) -> Panel | None:
    """What is being renewed, by the month the new term starts in and by state: in money, in the main currency."""
    if not look.may(QuotePage.actions.view):
        return None
    first = look.today.replace(day=1)
    months = [add_months(first, n) for n in range(_MONTHS_AHEAD)]
    sums = _prices(look, first)
    currency = next(iter(sums.values())).currency.code if sums else "CNY"
    link = f"{QuotePage.address()}?status={{state}}&in=first_day:month={{key}}"
    table, series = [], []
    for state in _PIPELINE:
        cells_ = [(sums.get((month.isoformat(), state.value)), month.isoformat()) for month in months]
        table.append((state.label, [(money, link.format(state=state.value, key=key)) for money, key in cells_]))
        data = [{"value": charts.axis_value(money, look) if money else 0, "key": key} for money, key in cells_]
        to_rows = link.format(state=state.value, key="{key}")
        series.append({"name": str(state.label), "type": "bar", "stack": "all", "data": data, "link": to_rows})
    option = charts.chart(
        [cells.month_text(month, look.language) for month in months], series, charts.axis(currency, look)
    )
    context = {"option": option, "heads": months, "table": table}
    return Panel("pipeline", gettext_lazy("Renewal pipeline"), "console/dashboard/pipeline.html", context)


def _prices(look: Look, first: date) -> dict[tuple[str, str], Money]:
    """Per month (its first day) and state the price of the quotes, in the currency that comes to most."""
    group = grouping.read(QuotePage, ["first_day:month"], look)[0]
    rows = QuotePage.all_rows(look.user).filter(
        first_day__gte=first, first_day__lt=add_months(first, _MONTHS_AHEAD), status__in=_PIPELINE
    )
    price = [each for each in QuotePage.all_columns() if each.name == "price"]
    found = by_key(group.annotated(plain(rows)), [group.key_name, "status"], price)[1].get("price", {})
    everything = added(money for moneys in found.values() for money in moneys)
    main = everything[0].currency if everything and isinstance(everything[0], Money) else None
    return {
        (group.key_of(month), str(status)): money
        for (month, status), moneys in found.items()
        for money in moneys
        if isinstance(money, Money) and money.currency == main
    }


def renewal_rate(look: Look) -> Panel | None:
    """Of the terms that ended in each month, how many were renewed, by number and by amount."""
    if not (look.may(TermPage.actions.view) and look.may("prices.view")):
        return None
    first = add_months(look.today.replace(day=1), -_MONTHS_BACK)
    found = cohorts(TermPage.all_rows(look.user), first=first, months=_MONTHS_BACK + 2)
    link = f"{TermPage.address()}?quick=up_for_renewal&in=last_day:month="
    series = [
        _bars(_("up for renewal"), [(each.month, each.due) for each in found], link),
        _bars(_("renewed"), [(each.month, each.renewed) for each in found], link + "{key}&quick=renewed"),
        {
            "name": _("share renewed"),
            "type": "line",
            "yAxisIndex": 1,
            "data": [
                {
                    "value": round(float(each.rate) * 100, 1) if each.rate is not None else None,
                    "key": each.month.isoformat(),
                }
                for each in found
            ],
            "link": link + "{key}",
        },
    ]
    option = charts.chart([cells.month_text(each.month, look.language) for each in found], series, "")
    option["yAxis"] = [
        {"type": "value", "minInterval": 1},
        {"type": "value", "max": 100, "min": 0, "axisLabel": {"formatter": "{value} %"}},
    ]
    this = next(each for each in found if each.month == look.today.replace(day=1))
    context = {
        "option": option,
        "rows": [_cohort(each, link) for each in reversed(found)],
        "now": _cohort(this, link),
    }
    return Panel("rate", gettext_lazy("Renewal rate by due month"), "console/dashboard/rate.html", context)


def _bars(name: str, values: list[tuple[date, int]], link: str) -> dict[str, Any]:
    data = [{"value": value, "key": month.isoformat()} for month, value in values]
    return {"name": name, "type": "bar", "data": data, "link": link if "{key}" in link else link + "{key}"}


def _cohort(each: Cohort, link: str) -> dict[str, Any]:
    month = each.month.isoformat()
    return {
        "cohort": each,
        "due_href": link + month,
        "renewed_href": f"{link}{month}&quick=renewed",
        "rate": percent(each.rate) if each.rate is not None else "–",
        "amount_rate": percent(each.amount_rate) if each.amount_rate is not None else "–",
    }


def promised_times(look: Look) -> Panel | None:
    """Of the times promised to callers, how many were kept, by the month of the report and by leg."""
    if not look.may(RequestPage.actions.view):
        return None
    first = add_months(look.today.replace(day=1), -_MONTHS_OF_DESK)
    months = [add_months(first, n) for n in range(_MONTHS_OF_DESK + 1)]
    found = legs_by_month(RequestPage.all_rows(look.user), first)
    link = f"{RequestPage.address()}?in=reported_at:month="
    series = [
        {
            "name": str(labels.LEGS[leg]),
            "type": "line",
            "data": [{"value": _share(found.get((month, leg))), "key": month.isoformat()} for month in months],
            "link": f"{link}{{key}}&{LEG_FIELDS[leg][1]}={LegState.MET}",
        }
        for leg in Leg
    ]
    option = charts.chart([cells.month_text(month, look.language) for month in months], series, "")
    option["yAxis"] = {"type": "value", "max": 100, "min": 0, "axisLabel": {"formatter": "{value} %"}}
    rows = [(month, [_leg_cell(found.get((month, leg)), leg, f"{link}{month}") for leg in Leg]) for month in months]
    context = {
        "option": option,
        "heads": list(labels.LEGS.values()),
        "rows": rows[::-1],
        "now": [leg for leg in rows[-1][1] if leg["kept"] or leg["broken"]],
    }
    return Panel("times", gettext_lazy("Promised times kept"), "console/dashboard/times.html", context)


def _share(figures: tuple[int, int] | None) -> float | None:
    """Of kept and broken ones the kept ones, in percent."""
    return round(100 * figures[0] / sum(figures), 1) if figures and sum(figures) else None


def _leg_cell(figures: tuple[int, int] | None, leg: Leg, link: str) -> dict[str, Any]:
    kept, broken = figures or (0, 0)
    share, state = _share(figures), LEG_FIELDS[leg][1]
    return {
        "leg": labels.LEGS[leg],
        "kept": kept,
        "broken": broken,
        "share": "–" if share is None else f"{share:.1f} %",
        "kept_href": f"{link}&{state}={LegState.MET}",
        "broken_href": f"{link}&{state}={LegState.BREACHED}",
    }


def unpaid_by_age(look: Look) -> Panel | None:
    """What is still to come in, by how long it has been due."""
    if not look.may(InvoicePage.actions.view):
        return None
    labels = {
        "not_due": _("not due yet"),
        **{f"age_{age}": _label(first, last) for age, (first, last) in AGES.items()},
    }
    found = [
        Figure(Tile(label, InvoicePage, f"quick={quick}", ("gross", "paid", "credited")), look)
        for quick, label in labels.items()
    ]
    currency = next((each.sums[0].currency.code for each in found if each.sums), "CNY")
    data = [
        {"value": charts.axis_value(each.sums[0], look) if each.sums else 0, "key": each.key.removeprefix("quick=")}
        for each in found
    ]
    series = [{"name": _("unpaid"), "type": "bar", "data": data, "link": f"{InvoicePage.address()}?quick={{key}}"}]
    option = charts.chart(list(labels.values()), series, charts.axis(currency, look))
    context = {"option": option, "figures": found, "nothing": not any(each.count for each in found)}
    return Panel("unpaid", gettext_lazy("Unpaid by age"), "console/dashboard/unpaid.html", context)


def _label(first: int, last: int | None) -> str:
    if last is None:
        return _("over %(days)s days") % {"days": first - 1}
    return _("%(first)s–%(last)s days") % {"first": first, "last": last}


def last_exports(look: Look) -> Panel | None:
    """What was taken away last."""
    if not look.may(ExportPage.actions.view):
        return None
    rows = ExportPage.all_rows(look.user)[:LINES]
    return Panel(
        "exports",
        gettext_lazy("Last exports"),
        "console/dashboard/exports.html",
        {"batches": list(rows)},
        ExportPage.address(),
    )


def next_visits(look: Look) -> Panel:
    """The visits that come next."""
    rows = InspectionPage.all_rows(look.user).filter(reported_at=None, action__state="planned")
    visits = list(
        rows.select_related("action__contract__customer", "engineer").order_by("action__due_on", "pk")[:LINES]
    )
    return Panel(
        "visits",
        gettext_lazy("Next inspections"),
        "console/dashboard/visits.html",
        {"visits": visits},
        f"{InspectionPage.address()}?quick=open",
    )


def last_run(look: Look) -> Panel | None:
    """What the last daily run did, and what failed."""
    if not look.may(RunPage.actions.view):
        return None
    run = DailyRun.objects.order_by("-started_at", "-pk").first()
    context = {
        "run": run,
        "kinds": [_did(run, kind, counts) for kind, counts in run.actions.items()] if run else [],
        "failures": list(failures_of(run.failures, look)) if run else [],
    }
    return Panel("run", gettext_lazy("Last daily run"), "console/dashboard/run.html", context, RunPage.address())


def _did(run: DailyRun, kind: str, counts: dict[str, int]) -> dict[str, Any]:
    """One kind's figures; what was done or skipped leads to its rows, what failed is listed beneath."""
    link = f"{PlanPage.address()}?run={run.pk}&kind={kind}&state="
    return {"label": kind_label(kind), "done_href": f"{link}done", "skipped_href": f"{link}skipped", **counts}


def health_state(look: Look) -> Panel | None:
    """What is not well with the installation. Asking takes time, so the page asks for it once it stands."""
    if not look.may("health.view"):
        return None
    return Panel("health", gettext_lazy("Health"), "console/dashboard/health.html", {}, reverse("health_page"))


RENEWAL_RATE = Later("rate", gettext_lazy("Renewal rate by due month"), renewal_rate)
PIPELINE = Later("pipeline", gettext_lazy("Renewal pipeline"), pipeline)
PROMISED_TIMES = Later("times", gettext_lazy("Promised times kept"), promised_times)
UNPAID_BY_AGE = Later("unpaid", gettext_lazy("Unpaid by age"), unpaid_by_age)
LAST_EXPORTS = Later("exports", gettext_lazy("Last exports"), last_exports)
NEXT_VISITS = Later("visits", gettext_lazy("Next inspections"), next_visits)
LAST_RUN = Later("run", gettext_lazy("Last daily run"), last_run)
HEALTH = Later("health", gettext_lazy("Health"), health_state)
