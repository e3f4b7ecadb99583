"""The daily run on PostgreSQL: killed anywhere, or two at the same time, it does its work once (docs/rules.md 5.5)."""

import os

import dj_database_url
import pytest
from django.db import connection

from tests.chain import ON, accepted
from tests.warranty.planning.test_killed_runs import compare
from warranty.enums import ActionState
from warranty.models import PlannedAction
from warranty.planning.kinds import kinds
from warranty.queries import due_rows
from warranty.rules import DAY, term_subject


@pytest.fixture(scope="module")
def empty(django_db_setup, django_db_blocker):
    """A migrated database nobody is connected to, as a template for copies; its address."""
    with django_db_blocker.unblock():
        template = connection.settings_dict["NAME"]
        connection.close()
    return os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + template


@pytest.mark.usefixtures("tax_rate")
@pytest.mark.django_db(transaction=True)
def test_killed_runs_and_two_at_once_end_in_the_same_rows(empty, tmp_path):
    connection.close()
    assert dj_database_url.parse(empty)["NAME"] == connection.settings_dict["NAME"]
    compare(empty, tmp_path)


@pytest.mark.django_db
def test_due_rows_are_found_by_their_index():
    """However many rows were done before, and however many contracts there are."""
    term = accepted().terms.get()
    names = [kind.name for kind in kinds() if not kind.by_people]
    PlannedAction.objects.bulk_create(
        PlannedAction(
            contract=term.contract, term=term, subject=term_subject(term.pk), kind=name, step=f"d{number}",
            due_on=ON - number * DAY, computed_on=ON - number * DAY, state=ActionState.DONE,
        )
        for name in names
        for number in range(1, 301)
    )  # fmt: skip
    due = due_rows(ON)
    questions = [due.order_by().values_list("kind").distinct()]
    questions += [due.filter(kind=name).order_by("due_on", "pk") for name in names]
    with connection.cursor() as cursor:
        # What the planner knows of the rows must not hang on when the server looked at the table last.
        cursor.execute("ANALYZE warranty_plannedaction")
        cursor.execute("SET enable_seqscan = off")
        for question in questions:
            assert "plan_coming" in question.explain(), question.query
