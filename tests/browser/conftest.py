"""A real Chromium against the real application, each test with a database and a folder for files of its own."""

import shutil
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone
from playwright.sync_api import sync_playwright

from base.accounts.models import Role
from base.company.models import Company
from base.company.queries import today
from config.celery import app
from ops.setup import machine
from tests.browser.screen import NARROW, WIDE, Screen
from tests.browser.server import copy_of_empty, living_in, serving
from tests.factories import UserFactory

SHOTS = project.BASE_DIR / "var" / "shots"
PASSWORD = "correct-horse-battery"


def pytest_collection_modifyitems(items):
    """All of them touch the database, so that it is set up also when nothing else runs."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def browser_path():
    path = machine.browser()
    if path is None:
        pytest.fail("The browser tests need Chromium: sudo apt-get install -y --no-install-recommends chromium")
    return path


@pytest.fixture(scope="module")
def chromium(browser_path):
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; the tests' own queries have nothing to do with it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address():
    with serving() as base:
        yield base


@pytest.fixture(scope="session")
def empty_database(django_db_setup, django_db_blocker, tmp_path_factory):
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    with django_db_blocker.unblock():
        copy_of_empty(path)
    return path


@pytest.fixture
def house(db, empty_database, chromium, address, settings, tmp_path):
    """The product with nothing in it but its people; `house.base` is its address."""
    path = tmp_path / "weibao.sqlite3"
    shutil.copyfile(empty_database, path)
    settings.MEDIA_ROOT, settings.PUBLIC_URL = tmp_path / "files", address
    broker = {name: app.conf[name] for name in ("broker_url", "broker_transport_options")}
    # Nobody listens: what a worker would be woken for, a test does itself by calling the task.
    app.conf.update(broker_url="memory://", broker_transport_options={})
    with living_in(path):
        yield House(address, tmp_path)
    app.conf.update(broker)


class House:
    def __init__(self, base, folder):
        self.base, self.folder = base, folder
        self.now = timezone.now()
        self.day = today(self.now)
        Company.objects.update(
            name="华东信息技术有限公司", name_en="East China IT", address="上海市浦东新区张江路 1 号", phone="021-5555 0100",
            hotline="400-555-0100", bank_name="中国银行上海分行", bank_account="4400123456789012345",
            sender_name="华东信息", sender_email="service@example.com",
        )  # fmt: skip
        names = {
            Role.MANAGER: "李霞", Role.FINANCE: "钱会计", Role.SERVICE_MANAGER: "孙刚", Role.ENGINEER: "周强",
            Role.DIRECTOR: "赵总", Role.ADMINISTRATOR: "王管理", Role.AUDITOR: "吴审计",
        }  # fmt: skip
        self.people = {
            role: UserFactory(username=role.value, display_name=name, role=role, language="")
            for role, name in names.items()
        }

    def ago(self, **span):
        return self.day - timedelta(**span)


@pytest.fixture
def open_window(house, chromium, request):
    """`open_window(person, language=, width=)`: a window of its own, logged in unless nobody is named."""
    windows = []

    def opened(person=None, *, language="zh-hans", narrow=False, name="", dark=False, foreign=""):
        size = {"viewport": NARROW, "is_mobile": True, "has_touch": True} if narrow else {"viewport": WIDE}
        context = chromium.new_context(
            locale={"zh-hans": "zh-CN", "en": "en-GB"}[language],
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            **size,
        )
        windows.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": house.base}])
        folder = SHOTS / request.node.name.removeprefix("test_").replace("[", "-").replace("]", "") / name
        shutil.rmtree(folder, ignore_errors=True)
        return Screen(context, house.base, language, folder, foreign=foreign)

    yield opened
    for context in windows:
        context.close()
