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
        "unlock_user": "users.edit",
        "deactivate_user": "users.edit",
        "reactivate_user": "users.edit",
    },
    "base.audit.erasure": {
        "export_person": "personal.erase",
        "erase_person": "personal.erase",
    },
    "base.company.operations": {
        "edit_company": "company.edit",
        "import_year": "calendar.edit",
        "set_company_day": "calendar.edit",
        "set_windows": "calendar.edit",
    },
    "base.chatter.files": {
        "mark_commercial": "files.mark",
    },
    "base.mail.handling": {
        "copy_link": "mails.send",
        "resend_mail": "mails.send",
    },
    "base.mail.queue": {
        "record_bounce": "mails.edit",
        "forget_bounce": "mails.edit",
    },
    "base.mail.release": {
        "hold_all_mail": "mails.release",
        "release_mails": "mails.release",
        "check_release": "mails.release",
    },
    "base.mail.texts": {
        "set_wording": "mailtexts.edit",
        "reset_wording": "mailtexts.edit",
    },
    "billing.exports": {
        "export_invoices": "invoices.export",
    },
    "billing.charges": {
        "claim_charge": "charges.waive",
        "edit_charge": "invoices.edit",
        "waive_charge": "charges.waive",
    },
    "billing.crediting": {
        "credit_invoice": "invoices.issue",
    },
    "billing.invoicing": {
        "invoice_charges": "invoices.draft",
        "replace_invoice": "invoices.request",
    },
    "billing.invoices": {
        "edit_invoice": "invoices.edit",
        "record_payment": "payments.record",
    },
    "billing.tax_rates": {
        "save_rate": "taxrates.edit",
    },
    "contracts.customers": {
        "save_customer": "customers.edit",
        "save_customer_part": "customers.edit",
        "merge_customers": "customers.edit",
        "split_customer": "customers.edit",
    },
    "contracts.operations": {
        "save_contract": "contracts.edit",
        "record_milestone": "contracts.edit",
        "amend_contract": "contracts.amend",
        "terminate_contract": "contracts.terminate",
        "merge_contracts": "contracts.terminate",
        "call_off_termination": "contracts.terminate",
        "set_renewal_wish": "contracts.edit",
        "hand_over_contracts": "contracts.hand_over",
    },
    "renewals.decisions": {
        "withdraw_acceptance": "quotes.decide",
    },
    "renewals.quotes": {
        "draft_quote": "quotes.edit",
        "edit_quote": "quotes.edit",
        "approve_quote": "quotes.approve",
        "refuse_price": "quotes.approve",
        "hold_quote": "quotes.edit",
        "revise_quote": "quotes.edit",
    },
    "renewals.sending": {
        "send_quote": "quotes.send",
    },
    "service.checks.entry": {
        "begin_entry": "inspections.report",
        "fill_in_item": "inspections.report",
    },
    "service.checks.finding_requests": {
        "make_request": "inspections.report",
    },
    "service.checks.findings": {
        "write_finding": "inspections.report",
        "take_back_finding": "inspections.report",
        "review_finding": "inspections.report",
        "ask_about_finding": "inspections.report",
    },
    "service.checks.lists": {
        "save_list": "checks.edit",
        "choose_lists": "inspections.plan",
    },
    "service.checks.signing": {
        "sign_inspection": "inspections.report",
    },
    "service.operations": {
        "take_request": "requests.take",
        "edit_request": "requests.work",
        "assign_request": "requests.assign",
        "reclassify_request": "requests.work",
        "tell_delay": "requests.work",
        "merge_requests": "requests.close",
    },
    "service.times": {
        "correct_times": "requests.assign",
        "take_back_arrival": "requests.work",
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
        "confirm_commitment": "commitments.edit",
        "save_delivery": "deliveries.edit",
        "prove_delivery": "deliveries.edit",
    },
    "service.promises.consents": {
        "ask_access": "access.ask",
        "ask_manager_change": "people.ask",
    },
    "service.promises.price_consents": {
        "ask_price": "requests.price",
    },
    "service.promises.sessions": {
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
        "answer_survey": "surveys.record",
    },
    "service.visits.operations": {
        "plan_visit": "visits.plan_own",
        "reschedule_visit": "visits.plan_own",
        "arrive_at_visit": "visits.work",
        "take_back_arrival": "visits.work",
        "leave_visit": "visits.work",
        "correct_visit_times": "visits.plan",
        "edit_visit": "visits.work",
        "save_visit_part": "visits.work",
        "remove_visit_part": "visits.work",
    },
    "service.visits.signing": {
        "sign_visit": "visits.work",
    },
    "warranty.imports": {
        "have_read": "ledger.import",
        "upload_ledger": "ledger.import",
        "set_mapping": "ledger.import",
        "answer_questions": "ledger.import",
        "start_import": "ledger.import",
    },
    "warranty.inspections": {
        "assign_inspection": "inspections.plan",
        "reschedule_inspection": "inspections.plan",
        "report_inspection": "inspections.report",
    },
    "warranty.operations": {
        "record_acceptance": "contracts.accept",
        "correct_acceptance": "contracts.accept",
        "set_last_day": "terms.edit",
        "add_term": "terms.edit",
    },
    "warranty.planning.holding": {
        "hold_action": "plan.hold",
        "release_action": "plan.hold",
    },
    "warranty.planning.run": {
        "run_day": "runs.start",
    },
}
#: They ask once they know what it is about; their own tests say so.
LATER = {
    "base.accounts.operations.edit_user",
    "base.accounts.operations.set_deputy",
    "base.changes.operations._decide",
    "base.chatter.operations.move",
    "base.jobs.operations._require_own",
    "base.jobs.operations.ask_job",
    "base.jobs.operations.check_file",
    "base.jobs.operations.mark_told",
    "base.mail.handling.edit_mail",
    "base.mail.handling.hold_mail",
    "base.mail.handling.look_at_mail",
    "base.mail.handling.release_mail",
    "base.ui.operations.drop_favourite",
    "base.ui.operations.keep_favourite",
    "service.operations._record_event",
}
ASKED = [(module, name, right) for module, asked in RIGHTS.items() for name, right in asked.items()]


@pytest.mark.parametrize(("module", "name", "right"), ASKED, ids=[f"{module}.{name}" for module, name, _right in ASKED])
def test_an_operation_refuses_whoever_lacks_its_right_and_nobody_else(module, name, right):
    operation = getattr(import_module(module), name)
    refused = {role for role in Role if _is_refused(operation, User(role=role))}
    assert refused == {role for role in Role if right not in ACTIONS[role]}


def test_whoever_sends_mail_on_or_says_which_files_hold_prices_may_see_them():
    for role, actions in ACTIONS.items():
        assert "mails.send" not in actions or "mails.read" in actions, role
        assert "files.mark" not in actions or "prices.view" in actions, role


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
