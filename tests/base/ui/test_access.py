import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from base.accounts.access import ANYONE, PUBLIC
from base.ui.routes import routes
from config.roles import ACTIONS
from tests.base.ui.probe import ProbePage
from tests.factories import ContractFactory

pytestmark = pytest.mark.django_db

KNOWN = {PUBLIC, ANYONE}.union(*ACTIONS.values())


def views(patterns, before=""):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns, f"{before}{each.pattern}")
        elif isinstance(each, URLPattern):
            yield f"{before}{each.pattern}", each.callback


def test_every_view_names_an_action_some_role_has():
    nameless = {
        path: getattr(view, "action", None) for path, view in views(get_resolver("tests.base.ui.probe").url_patterns)
    }

    assert {path: action for path, action in nameless.items() if action not in KNOWN} == {}


def test_without_a_log_in_every_screen_leads_to_it():
    contract = ContractFactory()

    for pattern in routes(ProbePage)[0]:
        path = str(pattern.pattern).replace("<int:pk>", str(contract.pk))
        for part in ("<slug:name>", "<str:name>", "<int:favourite>", "<int:todo>", "<int:file>"):
            path = path.replace(part, "1")
        for method in ("get", "post"):
            response = getattr(Client(), method)(f"/probe/{path}")
            assert response.status_code == 302, path
            assert response["Location"].startswith("/accounts/login/"), path


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("director", "new/", True),
        ("finance", "new/", False),
        ("auditor", "", True),
        ("auditor", "export.csv", False),
        ("finance", "export.csv", True),
        ("engineer", "", True),
        ("engineer", "board/", True),
    ],
)
def test_each_door_takes_its_own_action(enter, role, path, allowed):
    assert enter(role).get(f"/probe/{path}").status_code == (200 if allowed else 403)


def test_buttons_lead_only_where_one_may_go(enter):
    ContractFactory()
    page = enter("auditor").get("/probe/").content.decode()

    assert "/probe/new/" not in page
    assert "export." not in page
