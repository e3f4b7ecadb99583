"""The home page of each role: every figure leads to exactly the rows it counts."""

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from moneyed import Money

from base.accounts.models import Role
from base.company.models import Company
from base.company.queries import today
from base.lib.dates import add_months
from base.mail.models import OutgoingMail
from billing import invoices
from billing.models import ExportBatch, Invoice
from contracts.models import Contract
from renewals import decisions, quotes, sending
from renewals.cohorts import cohorts
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from tests.factories import ContactFactory, ContractFactory, UserFactory
from tests.html import squeezed
from warranty.models import MaintenanceTerm
from warranty.operations import record_acceptance
from warranty.planning.run import run_day

TILE = re.compile(
    r'<a class="tile[^"]*" href="([^"]+)"><span class="tile-label">([^<]+)</span><span class="tile-count">(\d+)'
)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def now(db):
    Company.objects.update(name="Weibao Ltd", sender_email="service@example.com")
    return timezone.now()


@pytest.fixture
def day(now):
    return today(now)


@pytest.fixture
def people(db):
    return {role: UserFactory(username=role.value, role=role) for role in Role}


def live(people, now, day, *, ends_in):
    """An accepted contract whose free year ends in so many days."""
    contact = ContactFactory()
    accepted = add_months(day + timedelta(days=ends_in), -12)
    contract = ContractFactory(
        customer=contact.customer,
        contact=contact,
        manager=people[Role.MANAGER],
        engineer=people[Role.ENGINEER],
        signed_on=accepted - timedelta(days=30),
    )
    record_acceptance(contract=contract, accepted_on=accepted, by=None, at=now, on=day)
    return contract


@pytest.fixture
def business(people, now, day):
    """Contracts, quotes and invoices in every state the figures tell apart."""
    manager, finance = people[Role.MANAGER], people[Role.FINANCE]
    for ends_in in (-40, 10, 45, 80):
        live(people, now, day, ends_in=ends_in)
    ContractFactory(manager=manager, go_live_on=day, signed_on=day)
    ContractFactory(manager=None, signed_on=day)
    made = []
    for ends_in in (20, 50, 70, 85, 88):
        contract = live(people, now, day, ends_in=ends_in)
        quote = quotes.draft_quote(contract=contract, by=manager, at=now, on=day)
        sending.send_quote(quote=quote, by=manager, at=now, on=day)
        made.append(quote)
    decisions.decline_quote(quote=made[0], reason="no", by=manager, at=now)
    for quote in made[2:]:
        decisions.accept_quote(quote=quote, by=manager, at=now, on=day)
    for place, quote in enumerate(made[3:]):
        invoice = invoices_of(quote).get()
        invoices.request_invoice(invoice=invoice, by=manager, at=now, on=day)
        number = f"2631200000001234567{place}"
        invoices.issue_invoice(
            invoice=invoice, tax_invoice_number=number, tax_invoice_on=day, by=finance, at=now, on=day
        )
    late = invoices_of(made[4]).get()
    paid = Money("40000.00", "CNY")
    invoices.record_payment(invoice=late, amount=paid, paid_on=day, reference="", by=finance, at=now, on=day)
    Invoice.objects.filter(pk=late.pk).update(due_on=day - timedelta(days=45))
    run_day(on=day, by=None, at=now)


def home(user):
    """The whole page at once, as a browser without scripts asks for it."""
    client = Client()
    client.force_login(user)
    response = client.get("/?whole=1")
    assert response.status_code == 200
    return client, response


@pytest.mark.parametrize("role", Role)
def test_every_figure_leads_to_exactly_its_rows(business, people, role):
    client, response = home(people[role])
    found = TILE.findall(squeezed(response))
    assert found, role
    for href, label, count in found:
        listed = client.get(unescape(href))
        assert listed.status_code == 200, (label, href)
        assert listed.context["listing"].count == int(count), (label, href)


def test_the_figures_are_right(business, people):
    _client, response = home(people[Role.DIRECTOR])
    figures = {href: int(count) for href, _label, count in TILE.findall(squeezed(response))}
    assert figures["/contracts/?quick=ends_30"] == 2
    assert figures["/contracts/?quick=ends_60"] == 4
    assert figures["/contracts/?quick=lapsed"] == 1
    assert figures["/contracts/?quick=delivered"] == 1
    assert figures["/contracts/?quick=unassigned"] == 1
    assert figures["/quotes/?quick=open"] == 1
    assert figures["/quotes/?quick=accepted_this_month"] == 3
    assert figures["/quotes/?quick=declined_this_month"] == 1
    assert figures["/invoices/?quick=to_request"] == 1
    assert figures["/invoices/?quick=unpaid"] == 2
    assert figures["/invoices/?quick=overdue"] == 1


def test_open_sums_are_what_is_still_to_come(business, people):
    html = squeezed(home(people[Role.FINANCE])[1])
    overdue = html.split('tile tone-danger" href="/invoices/?quick=overdue"')[1].split("</a>")[0]
    assert "CNY 200,000.00" in overdue
    aged = html.split('href="/invoices/?quick=age_31_60"')[1].split("</td>")[0]
    assert "CNY 200,000.00" in aged


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.ENGINEER, Role.ADMINISTRATOR])
def test_no_prices_for_who_may_not_see_them(business, people, role):
    html = home(people[role])[1].content.decode()
    assert "CNY" not in html


def option(html, name):
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found, name
    return json.loads(found[1])


def test_the_pipeline_says_in_text_what_it_draws_and_leads_to_its_rows(business, people, day):
    client, response = home(people[Role.MANAGER])
    html = response.content.decode()
    chart = option(html, "pipeline-data")
    drawn = sum(point["value"] for each in chart["series"] for point in each["data"])
    links = re.findall(r'<a href="(/quotes/\?status=[^"]+)"><span class="money">CNY ([\d,.]+)', html)
    told = sum(float(amount.replace(",", "")) for _href, amount in links)
    assert told == pytest.approx(drawn * 1000)
    assert links
    for href, amount in links:
        listing = client.get(unescape(href)).context["listing"]
        assert f"{listing.totals['price'][0].amount:,}" == amount


def test_the_renewal_rate_counts_where_a_renewal_was_due(business, people, day):
    client, response = home(people[Role.DIRECTOR])
    html = response.content.decode()
    assert option(html, "rate-data")["series"][2]["type"] == "line"
    links = re.findall(r'<a href="(/terms/\?[^"]+)">(\d+)</a>', html)
    assert len(links) >= 26
    for href, count in links:
        assert client.get(unescape(href)).context["listing"].count == int(count), href


def test_a_late_renewal_counts_in_the_month_it_was_due_and_a_terminated_contract_nowhere(people, now, day):
    lapsed, renewed, ended = (live(people, now, day, ends_in=-40) for _n in range(3))
    quote = quotes.draft_quote(contract=renewed, by=people[Role.MANAGER], at=now, on=day, first_day=day)
    sending.send_quote(quote=quote, by=people[Role.MANAGER], at=now, on=day)
    decisions.accept_quote(quote=quote, by=None, at=now, on=day)
    Contract.objects.filter(pk=ended.pk).update(status="terminated")
    due_month = (day - timedelta(days=40)).replace(day=1)
    [cohort] = cohorts(MaintenanceTerm.objects.all(), first=due_month, months=1)
    assert (cohort.month, cohort.due, cohort.renewed) == (due_month, 2, 1)
    assert cohort.renewed_amount == quote.price
    assert cohort.due_amount == quote.price + Money("240000.00", "CNY")
    assert lapsed.status == "active"


def test_a_month_without_ends_has_no_rate(db):
    [cohort] = cohorts(MaintenanceTerm.objects.all(), first=date(2026, 11, 1), months=1)
    assert (cohort.due, cohort.rate, cohort.amount_rate) == (0, None, None)


@pytest.mark.parametrize("role", Role)
def test_an_empty_house_has_a_home_page_too(db, role):
    html = home(UserFactory(role=role))[1].content.decode()
    assert "Nothing to do." in html or role == Role.AUDITOR


def test_the_administrator_sees_mail_runs_and_health(business, people):
    client, response = home(people[Role.ADMINISTRATOR])
    html = response.content.decode()
    assert "/mails/?quick=waiting" in html
    assert "Renewal quote" in html
    assert "checks are well" in client.get("/health-panel/").content.decode()
    assert OutgoingMail.objects.exists()


def test_what_the_last_run_did_leads_to_its_rows(business, people):
    client, response = home(people[Role.ADMINISTRATOR])
    links = re.findall(r'<a href="(/plan/\?run=[^"]+)">(\d+)</a>', response.content.decode())
    assert any(int(count) for _href, count in links)
    for href, count in links:
        assert client.get(unescape(href)).context["listing"].count == int(count), href


def test_the_hold_is_said_to_who_sees_mail(business, people):
    assert "No mail leaves" in home(people[Role.MANAGER])[1].content.decode()
    assert "No mail leaves" not in home(people[Role.ENGINEER])[1].content.decode()


def test_finance_sees_the_last_exports(business, people, now):
    ExportBatch.objects.create(number="DC-2026-0001", at=now, format="csv", sha256="", size=0, rows=2)
    assert "DC-2026-0001" in home(people[Role.FINANCE])[1].content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FINANCE, Role.SERVICE_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_as_many_queries_for_much_business_as_for_little(people, now, day, role):
    client = Client()
    client.force_login(people[role])

    def more():
        contract = live(people, now, day, ends_in=20)
        quote = quotes.draft_quote(contract=contract, by=people[Role.MANAGER], at=now, on=day)
        sending.send_quote(quote=quote, by=people[Role.MANAGER], at=now, on=day)
        decisions.accept_quote(quote=quote, by=None, at=now, on=day)
        quotes.draft_quote(contract=live(people, now, day, ends_in=20), by=people[Role.MANAGER], at=now, on=day)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get("/?whole=1")
        return len(seen)

    more()
    more()
    queries()
    before = queries()
    more()
    more()
    assert queries() == before
    assert before < 90


@pytest.mark.parametrize("role", Role)
def test_the_page_stands_before_its_figures_are_counted(business, people, role):
    client, whole = home(people[role])

    with CaptureQueriesContext(connection) as seen:
        page = client.get("/")
    figures, panels = client.get("/home/figures/"), client.get("/home/panels/")

    assert len(seen) <= 10
    assert TILE.findall(squeezed(figures)) == TILE.findall(squeezed(whole))
    links = re.compile(r'<a class="tile[^"]*" href="([^"]+)"')
    folded = re.findall(r'<a href="([^"]+)"', squeezed(figures))
    assert set(links.findall(squeezed(page))) <= {*links.findall(squeezed(figures)), *folded}
    assert all(int(count) for _href, _label, count in TILE.findall(squeezed(figures))), "what is 0 is folded away"
    assert [panel.title for panel in panels.context["panels"]] == [later.title for later in page.context["panels"]]
    assert ("Nothing to do." in page.content.decode() or page.context["todos"]) or role == Role.AUDITOR


def test_a_stranger_is_asked_to_log_in(client, db):
    assert client.get("/").status_code == 302


def test_the_rate_is_kept_by_drafts_that_nobody_accepted(people, now, day):
    live(people, now, day, ends_in=-40)
    due_month = (day - timedelta(days=40)).replace(day=1)
    [before] = cohorts(MaintenanceTerm.objects.all(), first=due_month, months=1)
    quote = quotes.draft_quote(
        contract=Contract.objects.get(), by=people[Role.MANAGER], at=now, on=day, first_day=day, months=6
    )
    assert RenewalQuote.objects.count() == 1
    [after] = cohorts(MaintenanceTerm.objects.all(), first=due_month, months=1)
    assert (before.due_amount, after.due_amount) == (Money("240000.00", "CNY"), quote.price)
    assert after.renewed == 0
