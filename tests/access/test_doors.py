"""Every address × every role × nobody: open exactly as `config/roles.py` says, and looking changes nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from base.accounts.access import ANYONE, PUBLIC, may
from base.accounts.models import Role
from tests.access.answers import LOG_IN, Watch, answer, contents, told
from tests.access.doors import doors, patterns

pytestmark = pytest.mark.django_db

REFUSED = 403
#: A right asked inside of a view: a tab or an option one may not see is not there, a bulk move is only ever posted.
SHUT_INSIDE = {403, 404, 405}
#: This ends the log-in with which the test goes round.
ENDS_SESSION = {"account_logout"}
#: Tells a machine that watches that something is wrong: here no worker runs.
TELLS_BY_STATUS = {"health"}


def rounds(world, user):
    return [door for door in doors(world.ours, user) if door.pattern.name not in ENDS_SESSION]


def test_every_address_is_filled_in(world):
    """A pattern the round would leave out is one nobody looks at."""
    reached = {door.pattern.route for role in Role for door in doors(world.ours, world.people[role])}
    hidden = {each.route for each in patterns() if not each.wants and resolve(reverse(each.name)).func is not each.view}

    assert {each.route for each in patterns()} - reached - hidden == set()


def test_nobody_is_led_to_the_log_in(world):
    wrong = {}
    for door in rounds(world, world.people[Role.DIRECTOR]):
        for method in ("get", "post"):
            status, leads_to = answer(Client(), method, door)
            turned_away = status == 302 and leads_to.startswith(LOG_IN)
            if turned_away == (door.needs == PUBLIC) or broken(door, status):
                wrong[f"{method} {door}"] = status

    assert not wrong, told(wrong)


@pytest.mark.parametrize("role", Role)
def test_each_role_comes_in_where_its_rights_lead_and_looking_changes_nothing(world, enter, role):
    user = world.people[role]
    client = enter(user)
    session = client.cookies["sessionid"].value
    wrong, watch, before = {}, Watch(), contents()
    with connection.execute_wrapper(watch):
        for door in rounds(world, user):
            for method in ("get", "post"):
                client.cookies["sessionid"] = session
                watch.looking_at = str(door) if method == "get" else ""
                status, leads_to = answer(client, method, door)
                if not fits(user, door, status, leads_to):
                    wrong[f"{method} {door}"] = status

    assert not wrong, told(wrong)
    assert not watch.written, told(watch.written)
    assert contents() == before


def fits(user, door, status, leads_to):
    """Whether the answer is the one that follows from the rights."""
    if not may(user, door.needs):
        return status == REFUSED
    if door.leads_nowhere:
        return status in (404, 405)
    if door.inner and not may(user, door.inner):
        return status in SHUT_INSIDE
    if door.shut:
        return status in (REFUSED, 405)
    return status not in (REFUSED, 404) and not broken(door, status) and not leads_to.startswith(LOG_IN)


def broken(door, status):
    return status >= 500 and door.pattern.name not in TELLS_BY_STATUS


def test_a_look_by_htmx_changes_nothing_either(world, enter):
    user = world.people[Role.DIRECTOR]
    client, watch = enter(user), Watch()
    with connection.execute_wrapper(watch):
        for door in rounds(world, user):
            if may(user, door.needs) and "/papers/" not in door.path and "/export" not in door.path:
                watch.looking_at = str(door)
                answer(client, "get", door, **{"HX-Request": "true"})

    assert not watch.written, told(watch.written)


def test_no_view_takes_a_method_it_was_not_made_for(world, enter):
    user = world.people[Role.DIRECTOR]
    client = enter(user)
    wrong = {}
    for door in rounds(world, user):
        own = door.pattern.view.__module__.split(".")[0] in (
            "base",
            "billing",
            "config",
            "console",
            "contracts",
            "ops",
            "renewals",
            "service",
            "warranty",
        )
        if own and may(user, door.needs):
            for method in ("put", "patch", "delete"):
                status, _leads_to = answer(client, method, door)
                if status not in (404, 405):
                    wrong[f"{method} {door}"] = status

    assert not wrong, told(wrong)


def test_no_form_is_taken_without_its_secret(world, enter):
    """Another site cannot post with a person's session, or in a customer's name."""
    user = world.people[Role.DIRECTOR]
    client = enter(user, enforce_csrf_checks=True)
    wrong = {}
    for door in rounds(world, user):
        status, _leads_to = answer(client, "post", door)
        if may(user, door.needs) and status not in (403, 405):
            wrong[str(door)] = status

    assert not wrong, told(wrong)


def test_somebody_who_left_comes_in_nowhere(world, enter):
    user = world.people[Role.DIRECTOR]
    client = enter(user)
    user.is_active = False
    user.save()

    assert client.get("/contracts/")["Location"].startswith(LOG_IN)


def test_anyone_means_anyone_logged_in(world):
    everywhere = [door for door in rounds(world, world.people[Role.ENGINEER]) if door.needs == ANYONE]

    assert everywhere
    for door in everywhere:
        assert Client().get(door.path)["Location"].startswith(LOG_IN)


#: What an auditor may leave behind: the own profile, favourites and choices, exports, and the events that tell of them.
AUDITORS_OWN = {
    "accounts_user",
    "chatter_event",
    "console_mailchoice",
    "jobs_job",
    "ui_columnchoice",
    "ui_savedfilter",
}


def test_the_auditor_changes_nothing_but_what_is_the_auditors_own(world, enter):
    user = world.people[Role.AUDITOR]
    client, watch = enter(user), Watch()
    with connection.execute_wrapper(watch):
        for door in rounds(world, user):
            # A preview tries what will happen, and takes it back.
            if door.pattern.name != "leaving_preview":
                watch.looking_at = str(door)
                answer(client, "post", door)

    changed = {what: tables - AUDITORS_OWN for what, tables in watch.written.items() if tables - AUDITORS_OWN}
    assert not changed, told(changed)
