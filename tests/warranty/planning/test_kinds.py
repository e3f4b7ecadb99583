"""A kind of planned action is one declaration: what it lacks is named, and a stranger's stands everywhere at once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from base.chatter.models import Todo
from base.chatter.operations import make_todo, write_todos
from tests.chain import AT, ON, accepted, day, row
from tests.factories import UserFactory
from warranty.planning import fields, kinds
from warranty.planning.decisions import Leaves, Skipped, Waits
from warranty.planning.kinds import DeclarationError, Known, PlanKind, register
from warranty.planning.rows import placed
from warranty.planning.run import run_day


class WelcomeReason(models.TextChoices):
    AWAY = "away", "They are away until %(value)s."


def welcome_rows(facts):
    yield placed("strangers_call", "", facts.period.first_day + timedelta(days=30), facts)


def gather_welcomes(rows, outlook):
    return {row.pk: Known(row.contract.project, None) for row in rows}


def decide_welcome(project):
    return Waits(WelcomeReason.AWAY, "2026-12-01") if project == "away" else Leaves()


def call(cases, run):
    write_todos(
        make_todo(
            case.row.contract, kind="strangers_call", due_on=run.on, at=run.at, assignee=case.row.contract.manager,
            cause=f"strangers_call:{case.row.pk}", params={"contract": case.row.contract.number},
        )
        for case in cases
    )  # fmt: skip


#: All a stranger writes: a to-do for the account manager, thirty days into a term.
WELCOME = {
    "name": "strangers_call",
    "label": "strangers call",
    "icon": "phone",
    "sentence": lambda act: f"Somebody calls {act.contract.number}",
    "rows": welcome_rows,
    "gather": gather_welcomes,
    "decide": decide_welcome,
    "carry_out": call,
    "reasons": WelcomeReason,
    "writes_to_customer": True,
    "holdable": True,
}


@pytest.fixture
def declare(monkeypatch):
    """Registers kinds for one test."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(fields, "_labels", dict(fields._labels))
    return lambda **changes: register(PlanKind(**{**WELCOME, **changes}))


@pytest.mark.parametrize("forgotten", ["label", "icon", "sentence", "rows", "gather", "decide", "carry_out"])
def test_what_was_forgotten_is_named(declare, forgotten):
    with pytest.raises(DeclarationError, match=f"'strangers_call' has no {forgotten}$"):
        declare(**{forgotten: None})
    assert kinds.kind_of("strangers_call") is None


def test_everything_that_is_wrong_is_named_at_once(declare):
    with pytest.raises(DeclarationError, match="has no label, has no icon, has no name of 1 to 20 letters"):
        declare(name="a_name_longer_than_its_column", label="", icon="")
    with pytest.raises(DeclarationError, match=r"is carried out by people, but has gather, .* but has carry_out"):
        declare(by_people=True)
    declare()
    with pytest.raises(DeclarationError, match="'strangers_call' is declared twice"):
        declare()


@time_machine.travel("2026-11-22 10:00 +0800", tick=False)
@pytest.mark.django_db
def test_a_strangers_kind_stands_everywhere_at_once(declare):
    """Rows by `replan`, the run, the plan's page and tab, forecast, "what leaves next" and time line, each in words."""
    contract = accepted(day("2026-10-25"), planned_on=day("2026-10-25"))
    assert not contract.plan.filter(kind="strangers_call").exists()
    declare()
    call_command("replan", "--all", "--on", str(ON), stdout=StringIO())
    planned = row(contract, "strangers_call")
    assert (planned.due_on, planned.state) == (day("2026-11-24"), "planned")
    director = UserFactory(role="director", language="en")
    client = Client()
    client.force_login(director)
    sentence = f"Somebody calls {contract.number}"
    addresses = [
        "/plan/?kind=strangers_call",
        f"/plan/{planned.pk}/",
        f"/contracts/{contract.pk}/",
        f"{reverse('forecast')}?from=2026-11-20&to=2026-11-30",
        reverse("leaving"),
    ]
    for address in addresses:
        html = client.get(address).content.decode()
        assert sentence in html, address
        assert "ti-phone" in html or address in (addresses[1], addresses[-1]), address
    assert "Strangers call" in client.get("/plan/?group=kind").content.decode()
    run_day(on=day("2026-11-24"), by=None, at=AT)
    planned.refresh_from_db()
    assert (planned.state, planned.get_kind_display()) == ("done", "strangers call")
    assert Todo.objects.get(kind="strangers_call").assignee == contract.manager


@pytest.mark.django_db
def test_why_a_strangers_kind_waits_is_said_in_words(declare):
    contract = accepted(day("2026-10-25"), planned_on=day("2026-10-25"), project="away")
    declare()
    call_command("replan", "--contract", contract.number, "--on", str(ON), stdout=StringIO())
    contract.plan.filter(kind="strangers_call").update(due_on=ON)
    run_day(on=ON, by=None, at=AT)
    waiting = row(contract, "strangers_call")
    assert (waiting.state, waiting.problem) == ("planned", "away: 2026-12-01")
    client = Client()
    client.force_login(UserFactory(role="director", language="en"))
    assert "They are away until 1 December 2026." in client.get(f"/plan/{waiting.pk}/").content.decode()


@pytest.mark.django_db
def test_the_forecast_projects_a_strangers_kind(declare):
    contract = accepted(day("2026-10-25"), planned_on=day("2026-10-25"))
    declare()
    out = StringIO()
    words = ["--from", "2027-11-01", "--to", "2027-12-01", "--contract", contract.number, "--format", "json"]
    call_command("forecast", *words, stdout=out)
    assert [(each["kind"], each["due_on"]) for each in json.loads(out.getvalue()) if each["projected"]][-1] == (
        "strangers_call",
        "2027-11-25",
    )


def test_every_kind_is_worded_in_both_languages():
    """The label and each reason; codes are short and of one app only."""
    reasons = {reason for kind in kinds.kinds() for reason in kind.reasons}
    texts = [kind.label for kind in kinds.kinds()] + [reason.label for reason in reasons]
    for text in texts:
        with translation.override("en"):
            english = str(text)
        with translation.override("zh-hans"):
            assert str(text) != english
    assert len({reason.value for reason in reasons}) == len(reasons)
    assert all(reason.value.isidentifier() for reason in reasons)


def test_a_decision_is_one_value():
    assert Skipped(WelcomeReason.AWAY) == Skipped(WelcomeReason.AWAY) != Waits(WelcomeReason.AWAY)
