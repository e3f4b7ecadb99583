"""The one table of rights against everything that asks it: no view without a right, no right without a use."""

import ast
import re

import pytest
from django.conf import settings

from base.accounts.access import ANYONE, NOBODY, PUBLIC
from base.accounts.models import Role
from base.changes.kinds import all_kinds
from base.ui.page import PAGES
from config.menu import MENU
from config.roles import ACTIONS
from tests.access.doors import patterns

KNOWN = frozenset().union(*ACTIONS.values())
#: What changes something only for the person who does it, or is said to colleagues.
OWN = {"todos.use", "messages.write"}
PRICED = {"prices.view", "quotes.view", "invoices.view"}


def _asked_in_code() -> dict[str, set[str]]:
    """Every action a program or a template asks for by name, and where."""
    found: dict[str, set[str]] = {}
    for folder in ("base", "billing", "config", "console", "contracts", "ops", "renewals", "service", "warranty"):
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            if path.name != "roles.py" and "migrations" not in path.parts:
                for name in _names_in(ast.parse(path.read_text(encoding="utf-8"))):
                    found.setdefault(name, set()).add(str(path.relative_to(settings.BASE_DIR)))
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        for name in re.findall(r"""{%\s*may\s+["']([^"']+)["']""", path.read_text(encoding="utf-8")):
            found.setdefault(name, set()).add(str(path.relative_to(settings.BASE_DIR)))
    return found


def _names_in(tree: ast.AST):
    """First or second argument of `action`, `may`, `require`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("action", "may", "require"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def _declared() -> dict[str, set[str]]:
    """Every action a page, the menu or a state table names."""
    found: dict[str, set[str]] = {}

    def note(name: str, where: str) -> None:
        if name:
            found.setdefault(name, set()).add(where)

    for slug, page in PAGES.items():
        for name in (page.actions.view, page.actions.create, page.actions.edit, page.actions.export):
            note(name, slug)
        for name in page.guards.values():
            note(name, f"{slug}.guards")
        for kind in ("columns", "filters", "sheet", "tabs", "buttons", "moves", "bulk", "tools"):
            for piece in getattr(page, kind):
                note(piece.action, f"{slug}.{kind}")
    for _group, _icon, entries in MENU:
        for _url, label, name in entries:
            note(name, f"menu {label}")
    for pattern in patterns():
        note(pattern.action, pattern.name)
    for kind in all_kinds():
        note(kind.decides, f"second person: {kind.name}")
    return found


def test_every_view_names_an_action():
    assert [each.route for each in patterns() if not each.action] == []


def test_whatever_is_asked_for_stands_in_the_table():
    asked = {name: places for found in (_asked_in_code(), _declared()) for name, places in found.items()}

    assert {name: places for name, places in asked.items() if name not in KNOWN | {ANYONE, NOBODY, PUBLIC}} == {}


def test_the_table_holds_no_right_that_nothing_asks_for():
    assert KNOWN - set(_asked_in_code()) - set(_declared()) - _of_states() == set()


def _of_states() -> set[str]:
    """What the declared moves of the state tables take."""
    from base.lib.states import StateTable

    tables = []
    for folder in ("base/documents", "billing", "contracts", "service", "warranty"):
        path = settings.BASE_DIR / folder / "states.py"
        if path.exists():
            module = __import__(folder.replace("/", ".") + ".states", fromlist=["*"])
            tables += [each for each in vars(module).values() if isinstance(each, StateTable)]
    assert tables
    return {move.action for table in tables for move in table.moves}


def test_every_role_has_its_row():
    assert set(ACTIONS) == set(Role)
    assert not KNOWN & {ANYONE, NOBODY, PUBLIC}


def test_what_needs_no_log_in_is_this_and_nothing_else():
    """A new public address is a decision: it is written down here, too."""
    ours = {"set_language", "set_theme", "health", "customer_logo", "customer_quote", "customer_accept"}
    ours |= {"customer_decline", "customer_paper", "customer_consent", "customer_agree", "customer_refuse"}
    ours |= {"customer_survey", "customer_vote"}
    public = {each.name for each in patterns() if each.action == PUBLIC}

    assert {name for name in public if not name.startswith("account_")} <= ours
    assert {name for name in public if name.startswith("account_")} == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_signup",
        "account_set_password",
    }


def test_whoever_only_reads_can_change_nothing():
    assert {name for name in ACTIONS[Role.AUDITOR] if not name.endswith((".view", ".read", "search.use"))} == set()


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.ENGINEER, Role.ADMINISTRATOR])
def test_roles_without_prices_have_nothing_that_shows_them(role):
    shown = {name for name in ACTIONS[role] if name in PRICED or name.startswith(("invoices.", "payments.", "quotes."))}

    assert shown == set()


def test_a_price_is_set_and_approved_by_different_people():
    approvers = {role for role, actions in ACTIONS.items() if "quotes.approve" in actions}

    assert approvers == {Role.DIRECTOR}
    assert "invoices.issue" not in ACTIONS[Role.MANAGER] | ACTIONS[Role.DIRECTOR]
