"""A contract whose promises were kept, broken and paid for, by the product's own operations."""

from datetime import timedelta
from decimal import Decimal

from base.accounts.models import User
from billing import invoices
from contracts.models import Contract
from service import operations
from service.models import CommitmentTemplate, Penalty, PenaltyRule, Survey
from service.promises import commitments, consents, penalties, sessions, surveys
from tests.chain import AT, ON, invoiced


def promised(made: Contract, director: User, finance: User, engineer: User) -> None:
    """Promises with their days, a session on a system, another project manager, a bad score, damages set off."""
    made.project_manager = "Zhang"
    made.save(update_fields=["project_manager"])
    # A test that commits may have emptied what the migrations brought.
    CommitmentTemplate.objects.get_or_create(
        kind="training_days", milestone="final_acceptance", defaults={"text": "Training", "amount": 5}
    )
    PenaltyRule.objects.get_or_create(contract=made, defaults={"rate": Decimal("0.0005")})
    if not made.commitments.exists():
        commitments.write_commitments(contract=made, by=director, at=AT)
    access = consents.ask_access(
        contract=made, system="Search", purpose="Index", engineer=engineer, starts_at=AT,
        ends_at=AT + timedelta(hours=1), by=director, at=AT,
    )  # fmt: skip
    consents.agree_to_consent(consent=access, name="Ms Wang", by=None, at=AT)
    sessions.start_session(access=access, by=engineer, at=AT)
    sessions.end_session(access=access, done="Index", by=engineer, at=AT + timedelta(minutes=5))
    change = consents.ask_manager_change(
        contract=made, incoming="He", reason="Moves", effective_on=ON, by=director, at=AT
    )
    consents.agree_to_consent(consent=change, name="Ms Wang", by=None, at=AT)
    request = operations.take_request(
        contract=made, values={"title": "Down", "request_class": "critical", "assignee": engineer},
        reported_at=AT - timedelta(days=9), by=director, at=AT,
    )  # fmt: skip
    operations.resolve_request(request=request, solution="Up", by=director, at=AT)
    operations.close_request(request=request, by=director, at=AT)
    surveys.answer_survey(survey=Survey.objects.get(request=request), score=1, by=None, at=AT)
    penalties.grant_penalty(penalty=Penalty.objects.filter(contract=made, leg="response").get(), by=director, at=AT)
    invoice = invoiced(made)
    invoices.request_invoice(invoice=invoice, by=director, at=AT, on=ON)
    invoices.issue_invoice(invoice=invoice, tax_invoice_number="3" * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON)
