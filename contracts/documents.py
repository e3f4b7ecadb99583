"""What every paper about a contract says of us and of whom to ask."""

from base.company.logo import logo_uri
from base.company.queries import company
from base.documents.base import Person, Sender
from contracts.models import Contract


def sender() -> Sender:
    """The company as it stands on paper now; a stored paper keeps what it was then."""
    ours = company()
    return Sender(
        name=ours.name,
        name_en=ours.name_en,
        credit_code=ours.credit_code,
        address=ours.address,
        phone=ours.phone or ours.hotline,
        bank_name=ours.bank_name,
        bank_account=ours.bank_account,
        logo=logo_uri(ours),
    )


def contact_person(contract: Contract) -> Person:
    """Who at our side answers questions."""
    manager = contract.manager
    if manager is None:
        return Person(contract.manager_name, company().hotline)
    return Person(str(manager), manager.phone, manager.email)


def letter_head(contract: Contract) -> dict[str, object]:
    """The fields of `Paper` that follow from the contract."""
    return {
        "sender": sender(),
        "recipient": contract.customer.name,
        "recipient_person": contract.contact.name if contract.contact else "",
        "contact": contact_person(contract),
    }
