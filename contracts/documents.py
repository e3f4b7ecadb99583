"""What every paper about a contract says of us and of whom to ask."""

from base.company.logo import logo_uri
from base.company.queries import company
from base.documents.base import Person, Sender
from contracts.models import Contract


def sender() -> Sender:
    """The company as it stands on paper now; a stored paper keeps what it was then."""
    our_company = company()
    return Sender(
        name=our_company.name,
        name_en=our_company.name_en,
        credit_code=our_company.credit_code,
        address=our_company.address,
        phone=our_company.phone or our_company.hotline,
        bank_name=our_company.bank_name,
        bank_account=our_company.bank_account,
        logo=logo_uri(our_company),
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
