"""Warranty's papers, filled from the records."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy

from base.documents.pages import Paper, offer
from base.documents.registry import register_paper
from base.lib.errors import Refused
from contracts.documents import letter_head
from contracts.models import Contract
from contracts.queries import in_force, reader_of
from warranty.documents.data import AcceptanceCertificatePaper, LapseLetterPaper
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm
from warranty.rules import DAY


def acceptance_certificate(contract_id: int) -> tuple[str, str, bytes, Model]:
    """终验证书 of a contract, with the free coverage it starts. Raises `Refused` before final acceptance."""
    contract = Contract.objects.select_related("customer", "contact", "manager").get(pk=contract_id)
    term = contract.terms.order_by("first_day").first()
    if contract.final_acceptance_on is None or term is None or term.kind != TermKind.FREE:
        raise Refused("no final acceptance with free coverage is recorded")
    head: dict[str, Any] = letter_head(contract)
    agreed = in_force(contract, contract.final_acceptance_on)
    paper = AcceptanceCertificatePaper(
        number=contract.number,
        on=contract.final_acceptance_on,
        project=contract.project,
        contract_number=contract.number,
        contract_amount=agreed.amount,
        signed_on=contract.signed_on,
        go_live_on=contract.go_live_on,
        preliminary_on=contract.preliminary_acceptance_on,
        final_on=contract.final_acceptance_on,
        first_day=term.first_day,
        last_day=term.last_day,
        months=term.months,
        same_day=contract.same_day,
        inspections_per_year=agreed.inspections_per_year,
        **head,
    )
    name = f"终验证书_{contract.number}.pdf"
    return f"acceptance:{contract.pk}:{contract.version}", name, paper.render(reader_of(contract).language), contract


def lapse_letter(term_id: int) -> tuple[str, str, bytes, Model]:
    """脱保告知函 after a term's last day."""
    term = MaintenanceTerm.objects.select_related("contract__customer", "contract__contact", "contract__manager").get(
        pk=term_id
    )
    contract = term.contract
    head: dict[str, Any] = letter_head(contract)
    paper = LapseLetterPaper(
        number=contract.number,
        on=term.last_day + DAY,
        project=contract.project,
        contract_number=contract.number,
        last_day=term.last_day,
        lapsed_on=term.last_day + DAY,
        **head,
    )
    return (
        f"lapse_letter:{term.pk}",
        f"脱保告知函_{contract.number}.pdf",
        paper.render(reader_of(contract).language),
        contract,
    )


def _lapse_stamp(term_id: int) -> str:
    """What the letter tells, and whom."""
    term = MaintenanceTerm.objects.select_related("contract__customer").get(pk=term_id)
    return f"{term.last_day}|{term.contract.customer.name}|{term.contract.customer.address}|{term.contract.project}"


def register() -> None:
    offer(
        Contract,
        Paper(
            "acceptance",
            gettext_lazy("Final acceptance certificate"),
            acceptance_certificate,
            shown=lambda contract: bool(contract.final_acceptance_on and contract.free_months),
        ),
    )
    register_paper("warranty.acceptance_certificate", acceptance_certificate)
    register_paper("warranty.lapse_letter", lapse_letter, key=lambda term: f"lapse_letter:{term}", stamp=_lapse_stamp)
