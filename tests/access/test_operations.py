"""Which right each operation asks for, before it does or looks at anything else.

Operations that are moves of a status have theirs in the tables of moves (`test_states.py` of each app).
"""

import ast
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings

from base.accounts.models import Role, User
from base.lib.errors import NotAllowed
from config.roles import ACTIONS

pytestmark = pytest.mark.django_db

RIGHTS = {
    "base.accounts.operations": {
        "create_user": "users.edit",
        "set_password": "users.edit",
        "make_password_link": "users.edit",
        "unlock": "users.edit",
        "deactivate": "users.edit",
        "reactivate": "users.edit",
    },
    "base.company.operations": {
        "edit_company": "company.edit",
        "import_year": "calendar.edit",
        "set_company_day": "calendar.edit",
        "set_windows": "calendar.edit",
    },
    "base.mail.queue": {
        "resend": "mails.edit",
        "record_bounce": "mails.edit",
        "forget_bounce": "mails.edit",
        "hold_all": "mails.release",
        "release_all": "mails.release",
    },
    "base.mail.texts": {
        "set_wording": "mailtexts.edit",
        "reset_wording": "mailtexts.edit",
    },
    "billing.exports": {
        "export_invoices": "invoices.export",
    },
    "billing.invoices": {
        "edit": "invoices.edit",
        "replace": "invoices.request",
        "pay": "payments.record",
        "credit": "invoices.issue",
    },
    "billing.tax_rates": {
        "save_rate": "taxrates.edit",
    },
    "contracts.customers": {
        "save_customer": "customers.edit",
        "save_part": "customers.edit",
        "merge_customers": "customers.edit",
        "split_customer": "customers.edit",
    },
    "contracts.operations": {
        "save_contract": "contracts.edit",
        "record_milestone": "contracts.edit",
        "amend": "contracts.amend",
        "set_renewal_wish": "contracts.edit",
        "hand_over": "contracts.hand_over",
    },
    "renewals.decisions": {
        "withdraw_acceptance": "quotes.decide",
    },
    "renewals.quotes": {
        "draft": "quotes.edit",
        "edit": "quotes.edit",
        "approve": "quotes.approve",
        "hold": "quotes.edit",
        "revise": "quotes.edit",
    },
    "renewals.sending": {
        "send": "quotes.send",
    },
    "service.checks.entry": {
        "begin": "inspections.report",
        "fill_in": "inspections.report",
    },
    "service.checks.finding_requests": {
        "make_request": "inspections.report",
    },
    "service.checks.findings": {
        "write": "inspections.report",
        "take_back": "inspections.report",
        "review": "inspections.report",
        "ask": "inspections.report",
    },
    "service.checks.lists": {
        "save_list": "checks.edit",
        "choose_lists": "inspections.plan",
    },
    "service.checks.signing": {
        "sign": "inspections.report",
    },
    "service.operations": {
        "take": "requests.take",
        "edit": "requests.work",
        "assign": "requests.assign",
        "correct_arrival": "requests.assign",
        "reclassify": "requests.work",
        "merge": "requests.close",
    },
    "service.policies": {
        "write_version": "sla.edit",
        "choose_policy": "requests.assign",
    },
    "service.prices": {
        "save_price": "requests.price",
        "remove_price": "requests.price",
    },
    "service.promises.commitments": {
        "write_commitments": "commitments.edit",
        "save_commitment": "commitments.edit",
        "confirm": "commitments.edit",
        "save_delivery": "deliveries.edit",
        "prove": "deliveries.edit",
    },
    "service.promises.consents": {
        "ask_access": "access.ask",
        "ask_manager_change": "people.ask",
        "start_session": "access.use",
        "end_session": "access.use",
    },
    "service.promises.penalties": {
        "propose_for": "penalties.decide",
    },
    "service.promises.reports": {
        "make_report": "reports.make",
        "edit_report": "reports.make",
    },
    "service.promises.surveys": {
        "answer": "surveys.record",
    },
    "service.visits.operations": {
        "plan": "visits.plan",
        "reschedule": "visits.plan",
        "arrive": "visits.work",
        "leave": "visits.work",
        "correct_times": "visits.plan",
        "edit": "visits.work",
        "save_part": "visits.work",
        "remove_part": "visits.work",
    },
    "service.visits.signing": {
        "sign": "visits.work",
    },
    "warranty.imports": {
        "upload": "ledger.import",
        "set_mapping": "ledger.import",
        "answer": "ledger.import",
        "start": "ledger.import",
    },
    "warranty.inspections": {
        "assign": "inspections.plan",
        "reschedule": "inspections.plan",
        "report": "inspections.report",
    },
    "warranty.operations": {
        "accept": "contracts.accept",
        "correct_acceptance": "contracts.accept",
        "set_last_day": "terms.edit",
        "add_term": "terms.edit",
    },
    "warranty.planning.holding": {
        "hold": "plan.hold",
        "release": "plan.hold",
    },
    "warranty.planning.run": {
        "run_day": "runs.start",
    },
}
#: They ask once they know what it is about; their own tests say so.
LATER = {
    "base.accounts.operations.edit_user",
    "base.accounts.operations.set_deputy",
    "base.chatter.operations.move",
    "base.mail.queue.edit",
    "base.mail.queue.hold",
    "base.mail.queue.release",
    "base.ui.operations.drop_favourite",
    "base.ui.operations.keep_favourite",
    "service.operations._tell",
}
ASKED = [(module, name, right) for module, asked in RIGHTS.items() for name, right in asked.items()]


@pytest.mark.parametrize(("module", "name", "right"), ASKED, ids=[f"{module}.{name}" for module, name, _right in ASKED])
def test_an_operation_refuses_whoever_lacks_its_right_and_nobody_else(module, name, right):
    operation = getattr(import_module(module), name)
    refused = {role for role in Role if _is_refused(operation, User(role=role))}
    assert refused == {role for role in Role if right not in ACTIONS[role]}


def test_who_may_no_longer_log_in_is_refused_whatever_the_role():
    operation = import_module("contracts.customers").save_customer
    assert not _is_refused(operation, User(role=Role.MANAGER))
    assert _is_refused(operation, User(role=Role.MANAGER, is_active=False))


def _is_refused(operation: Callable[..., Any], by: User) -> bool:
    """Called with nothing at all but the person: what asks for the right first never gets to miss the rest."""
    nothing = {
        name: None
        for name, parameter in inspect.signature(operation).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    try:
        operation(**{**nothing, "by": by})
    except NotAllowed:
        return True
    except Exception:
        return False
    return False


def test_every_operation_that_asks_for_a_right_is_in_the_table():
    asking = set()
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        if module.split(".")[0] in _packages():
            asking |= {f"{module}.{name}" for name in _askers(ast.parse(path.read_text(encoding="utf-8")))}
    assert asking == LATER | {f"{module}.{name}" for module, name, _right in ASKED}


def _packages() -> set[str]:
    return {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} - {"tests"}


def _askers(tree: ast.Module) -> set[str]:
    return {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "require"
    }
