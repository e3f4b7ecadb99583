"""Every screen by axe-core, in light and dark: labels, names, roles, contrast (WCAG AA)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.urls import get_resolver, reverse
from django.utils import timezone

from base.accounts.access import may
from base.accounts.models import Role
from base.ui.look import Look
from base.ui.page import PAGES
from config.menu import MENU
from renewals.models import RenewalQuote
from renewals.queries import link_token
from service.models import Delivery
from service.promises import commitments, consents, reports, surveys
from service.promises.notifications import link_of
from tests.access import world as worlds
from tests.chain import ON, accepted
from warranty.models import Inspection

AXE = project.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: What the calendar's own markup does is its makers' to mend.
NOT_OURS = [["#month"]]
_RUN = """([rules, exclude]) => axe.run({exclude}, {runOnly: rules, resultTypes: ["violations"]})
  .then((found) => found.violations.filter((each) => ["serious", "critical"].includes(each.impact)).flatMap((each) =>
    each.nodes.slice(0, 3).map((node) => `${each.id}: ${node.target} ${node.any.map((any) => any.message)}`)))"""


def violations(screen):
    """What axe finds serious; in the dark, where only the colours differ, the contrasts."""
    if not screen.page.evaluate("() => !!window.axe"):
        screen.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for scheme, rules in (("light", WCAG), ("dark", ["color-contrast"])):
        # Colours halfway between two themes are nobody's.
        screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        screen.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found += [f"{scheme} {each}" for each in screen.page.evaluate(_RUN, [rules, NOT_OURS])]
    return found


def screens(user):
    """Every screen of every page this person may open: list, board, month, sheet, edit, new, and the tools."""
    assert get_resolver().url_patterns
    look = Look.of(SimpleNamespace(user=user))
    for page in [each for each in PAGES.values() if may(user, each.actions.view)]:
        yield page.address()
        if page.group_by:
            yield page.address("pivot")
        if page.board:
            yield page.address("board")
        if page.month:
            yield page.address("month")
        record = page.all_rows(user).order_by("pk").first()
        if record is not None:
            yield page.address("sheet", record.pk)
            if page.offers_edit(record, look):
                yield page.address("edit", record.pk)
        if page.form and page.actions.create and may(user, page.actions.create):
            yield page.address("create")
        yield from (tool.url for tool in page.all_tools() if may(user, tool.action) and "." not in tool.url)


def of_the_menu(user):
    """What the menu leads to and no page declares: dashboards of the desk, calendars, completion."""
    names = [name for _group, _icon, entries in MENU for name, _label, action in entries if may(user, action)]
    yield from (reverse(name) for name in names if ":" not in name)


@pytest.mark.parametrize("part", [0, 1])
def test_every_screen(house, open_window, part):
    """Of the director, and what only the administrator has; in two parts, for two cores."""
    world = worlds.build(house.people)
    promised(house.people)
    seen, wrong = set(), {}
    for role in (Role.DIRECTOR, Role.ADMINISTRATOR):
        screen = open_window(world.people[role], name=role)
        paths = ["/", "/todos/", "/search/?q=Quagga", *screens(world.people[role]), *of_the_menu(world.people[role])]
        for path in [each for each in dict.fromkeys(paths) if each not in seen][part::2]:
            screen.go(path)
            if found := violations(screen):
                wrong[path] = found
        assert not screen.complaints, screen.complaints
        seen |= set(paths)

    assert not wrong, told(wrong)


def told(wrong):
    return "\n".join(f"{path}\n  " + "\n  ".join(found) for path, found in wrong.items() if found)


def test_what_opens_over_a_page(house, open_window):
    world = worlds.build(house.people)
    screen = open_window(world.people[Role.MANAGER])
    page, wrong = screen.page, {}
    contract = world.ours.of(worlds.Contract).order_by("pk").first()
    screen.go("/contracts/?group=manager")
    for name, opener in {"apps": ".topbar .dropdown > button", "user": ".topbar-button.user",
                         "filters": ".searchbox-toggle", "gear": ".panel .btn-icon"}.items():  # fmt: skip
        page.locator(opener).first.click()
        wrong[name] = violations(screen)
        page.keyboard.press("Escape")
    page.locator("#global-search").press_sequentially("Quagga")
    page.locator("#hits a.hit").first.wait_for()
    wrong["hits"] = violations(screen)
    screen.go(f"/contracts/{contract.pk}/")
    more = page.locator(".statusbar .dropdown > button")
    more.click()
    wrong["more"] = violations(screen)
    page.keyboard.press("Escape")
    for name in ("accept", "amend", "terminate"):
        door = page.locator(f"a[href*='/move/{name}/']").first
        if not door.is_visible():
            more.click()
        door.click()
        screen.dialog.wait_for()
        screen.settle()
        wrong[name] = violations(screen)
        page.keyboard.press("Escape")

    assert not any(wrong.values()), told(wrong)


def promised(people):
    """A contract with one record of each page of promises; the addresses the customer answers at."""
    director, engineer, now = people[Role.DIRECTOR], people[Role.ENGINEER], timezone.now()
    contract = accepted(ON, project_manager="张磊", engineer=engineer)
    commitments.write_commitments(contract=contract, by=director, at=now)
    values = {"contract": contract, "kind": "training", "title": "Training", "first_day": ON, "file": None}
    commitments.save_delivery(delivery=Delivery(), values=values, by=director, at=now, on=ON)
    consents.ask_access(
        contract=contract, system="Archive", purpose="Build the index anew", engineer=engineer, starts_at=now,
        ends_at=now + timedelta(hours=2), by=people[Role.SERVICE_MANAGER], at=now,
    )  # fmt: skip
    change = consents.ask_manager_change(
        contract=contract, incoming="何敏", reason="He moves away", effective_on=ON, by=director, at=now
    )
    reports.make_report(contract=contract, first_day=ON, last_day=ON, by=director, at=now, on=ON)
    inspection = Inspection.objects.filter(action__contract=contract).first()
    return link_of(change), surveys.link_of(surveys.ask_about_inspection(inspection=inspection, at=now))


def test_what_a_stranger_sees(house, open_window):
    world = worlds.build(house.people)
    quote = world.ours.of(RenewalQuote).filter(status="sent").first()
    screen = open_window()
    wrong = {}
    desk = [link.removeprefix(project.PUBLIC_URL) for link in promised(house.people)]
    for path in ("/accounts/login/", "/accounts/password/reset/", f"/q/{link_token(quote)}/", "/q/nowhere/", *desk):
        with screen.expecting(404, 410):
            screen.go(path)
        if found := violations(screen):
            wrong[path] = found

    assert not wrong, told(wrong)
