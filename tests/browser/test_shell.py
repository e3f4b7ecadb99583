"""What stands around every page: logging in and out, theme and language, and the pages for what is not there."""

from dateutil.relativedelta import relativedelta

from base.accounts.models import User
from renewals.queries import link_token
from tests.browser.conftest import PASSWORD
from tests.chain import accepted, sent, signed
from tests.factories import UserFactory


def test_log_in_theme_language_and_out(house, open_window):
    person = house.people["manager"]
    person.set_password(PASSWORD)
    person.save()
    screen = open_window()
    page = screen.page
    screen.go("/contracts/")
    screen.step("log-in")
    page.get_by_label(screen.say("User name or email")).fill(person.username)
    page.locator("input[type=password]").fill("wrong")
    screen.press("Log in")
    page.locator("[role=alert]").wait_for()
    assert page.get_by_label(screen.say("User name or email")).input_value() == person.username
    screen.step("wrong-password")
    page.locator("input[type=password]").fill(PASSWORD)
    screen.press("Log in")
    assert page.url.endswith("/contracts/")

    page.locator(".topbar-button.user").click()
    screen.step("user-menu")
    page.locator("button[name=theme][value=dark]").click()
    screen.settle()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    screen.step("dark")
    page.locator(".topbar-button.user").click()
    page.locator("button[name=language][value=en]").click()
    screen.settle()
    screen.language = "en"
    assert page.get_by_role("heading", name="Contracts").first.is_visible()
    screen.step("english")
    person = User.objects.get(pk=person.pk)
    assert (person.theme, person.language) == ("dark", "en")

    page.locator(".topbar-button.user").click()
    screen.press("Log out")
    screen.step("logged-out")
    screen.go("/contracts/")
    assert "/accounts/login/" in page.url


def test_the_choice_follows_the_person_to_another_window(house, open_window):
    User.objects.filter(pk=house.people["manager"].pk).update(theme="dark", language="en")
    screen = open_window(house.people["manager"], language="zh-hans")
    screen.language = "en"
    screen.go("/contracts/")
    assert screen.page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert screen.page.locator("html").get_attribute("lang") == "en"


def test_without_a_choice_the_page_follows_the_device(house, open_window):
    screen = open_window(house.people["manager"], dark=True)
    screen.go("/contracts/")
    assert screen.page.locator("html").get_attribute("data-bs-theme") == "dark"
    screen.page.emulate_media(color_scheme="light")
    screen.page.wait_for_function("() => document.documentElement.dataset.bsTheme === 'light'")


def test_what_is_not_there_and_what_is_not_allowed(house, open_window):
    foreign = signed(manager=UserFactory(role="manager"))
    for narrow in (False, True):
        screen = open_window(house.people["manager"], narrow=narrow, name="narrow" if narrow else "wide")
        with screen.expecting(403, 404):
            for name, path in {
                "not-there": "/contracts/999999/",
                "foreign": f"/contracts/{foreign.pk}/",
                "no-such-address": "/nothing/here/",
                "not-allowed": "/runs/",
            }.items():
                screen.go(path)
                assert screen.page.get_by_role("heading").first.is_visible()
                assert screen.page.locator("main a").first.is_visible()
                screen.step(name)


def test_links_that_lead_to_no_open_quote(house, open_window):
    day = house.ago(days=400)
    quote = sent(accepted(day - relativedelta(months=12), planned_on=day), on=day)
    for narrow in (False, True):
        screen = open_window(narrow=narrow, name="narrow" if narrow else "wide")
        with screen.expecting(404, 410):
            screen.go(f"/q/{link_token(quote)}/")
            assert screen.page.get_by_role("heading", name=screen.say("This quote has expired")).is_visible()
            assert "400-555-0100" in screen.page.locator("footer").inner_text()
            screen.step("expired")
            screen.go("/q/somewhere-else/")
            assert screen.page.get_by_role("heading", name=screen.say("This link leads nowhere")).is_visible()
            screen.step("unknown")
