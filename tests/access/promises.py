"""A contract's other promises, each brought to where something can be done with it."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from base.accounts.models import Role, User
from contracts.models import Contract
from service import operations
from service.models import Delivery, PenaltyRule
from service.promises import commitments, consents, reports
from tests.chain import AT, ON


def promised(contract: Contract, mark: str, manager: User, engineer: User) -> None:
    """Every text a person typed carries the mark: promises, a training, both consents, a late request and its survey."""
    desk = User.objects.get(role=Role.SERVICE_MANAGER)
    contract.project_manager = f"{mark} Zhang"
    contract.save(update_fields=["project_manager"])
    first = commitments.write_commitments(contract=contract, by=manager, at=AT)[0]
    commitments.save_commitment(commitment=first, values={"text": f"{mark} promise"}, by=manager, at=AT)
    training = {
        "contract": contract, "kind": "training", "title": f"{mark} training", "first_day": ON, "by": engineer,
        "note": f"{mark} note", "file": SimpleUploadedFile(f"{mark}.pdf", b"%PDF-1.4\n" + mark.encode()),
    }  # fmt: skip
    commitments.save_delivery(delivery=Delivery(), values=training, by=manager, at=AT, on=ON)
    for system in ("pumps", "valves"):
        access = consents.ask_access(
            contract=contract, system=f"{mark} {system}", purpose=f"{mark} purpose", engineer=engineer, starts_at=AT,
            ends_at=AT + timedelta(hours=8), by=engineer, at=AT,
        )  # fmt: skip
    consents.agree_to_consent(consent=access, name=f"{mark} Wang", by=None, at=AT)
    consents.ask_manager_change(
        contract=contract, incoming=f"{mark} He", reason=f"{mark} reason", effective_on=ON, by=manager, at=AT
    )
    PenaltyRule.objects.create(contract=contract, rate=Decimal("0.001"))
    late = operations.take_request(
        contract=contract, reported_at=AT - timedelta(days=9), by=manager, at=AT,
        values={"title": f"{mark} is late", "request_class": "critical", "assignee": engineer},
    )  # fmt: skip
    operations.resolve_request(request=late, solution=f"{mark} solution", by=desk, at=AT)
    operations.close_request(request=late, by=desk, at=AT)
    reports.make_report(
        contract=contract,
        first_day=ON - timedelta(days=90),
        last_day=ON,
        summary=f"{mark} summary",
        by=manager,
        at=AT,
        on=ON,
    )
