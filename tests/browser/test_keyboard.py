"""All of it without a mouse."""

import pytest

from contracts.models import Contract
from tests.chain import signed
from tests.factories import CustomerFactory


@pytest.fixture
def screen(house, open_window):
    signed(number="XS-1", project="智慧水厂一期", customer=CustomerFactory(name="上海城投水务集团", initials="shctswjt"),
           manager=house.people["manager"])  # fmt: skip
    signed(number="XS-2", customer=CustomerFactory(name="苏州轨道交通公司"), manager=house.people["manager"])
    screen = open_window(house.people["manager"], foreign="Contact Dispatching platform")
    screen.go("/contracts/")
    return screen


def focused(screen):
    return screen.page.evaluate(
        "() => { const it = document.activeElement; return it.name || it.id || it.textContent.trim() || it.tagName }"
    )


def tab_to(screen, what, limit=60):
    """Tab until the focus is on it; it must be seen there."""
    for _step in range(limit):
        if focused(screen) == what:
            box = screen.page.evaluate(
                """() => { const style = getComputedStyle(document.activeElement, null);
                return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.borderColor }"""
            )
            assert box
            return
        screen.page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached by Tab; the focus is on {focused(screen)}")


def test_search_open_edit_save(screen):
    keys = screen.page.keyboard
    keys.press("/")
    assert focused(screen) == "q"
    keys.type("shct")
    screen.page.locator("#hits a.hit").first.wait_for()
    screen.settle()
    keys.press("ArrowDown")
    keys.press("Enter")
    screen.page.locator(".sheet-title, .sheet h1").first.wait_for()
    screen.step("opened")
    assert "XS-1" in screen.page.title()

    tab_to(screen, screen.say("Edit"))
    keys.press("Enter")
    screen.page.locator("[name=project]").wait_for()
    screen.settle()
    tab_to(screen, "project")
    keys.press("Control+A")
    keys.type("只用键盘")
    screen.step("typed")
    keys.press("Control+Enter")
    screen.page.locator(".edit-button").wait_for()
    screen.step("saved")
    assert Contract.objects.get(number="XS-1").project == "只用键盘"


def test_the_list_by_keys(screen):
    keys = screen.page.keyboard
    screen.page.locator("body").press("Tab")
    assert focused(screen) == screen.say("Skip to the content")
    screen.step("skip-link")
    keys.press("Enter")
    tab_to(screen, "XS-2")
    keys.press("Enter")
    screen.page.locator("#sheet").wait_for()
    assert "XS-2" in screen.page.title()
    keys.press("Alt+ArrowRight")
    screen.page.wait_for_function("() => document.title.includes('XS-1')")


def test_a_dialogue_takes_the_focus_and_gives_it_back(screen):
    keys = screen.page.keyboard
    screen.go(f"/contracts/{Contract.objects.get(number='XS-1').pk}/")
    tab_to(screen, screen.say("Record final acceptance"))
    keys.press("Enter")
    screen.dialog.wait_for()
    screen.settle()
    assert focused(screen) == "accepted_on"
    for _step in range(12):
        keys.press("Tab")
        inside = screen.page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog[open]')"
        )
        assert inside
    keys.press("Escape")
    screen.dialog.wait_for(state="detached")
    assert focused(screen) == screen.say("Record final acceptance")


def test_tabs_by_arrows(screen):
    screen.go(f"/contracts/{Contract.objects.get(number='XS-1').pk}/")
    first = screen.page.get_by_role("tab").first
    first.focus()
    screen.page.keyboard.press("ArrowRight")
    screen.settle()
    assert screen.page.get_by_role("tab").nth(1).get_attribute("aria-selected") == "true"
    assert "tab=" in screen.page.url
