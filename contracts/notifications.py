"""What every mail about a contract has in common: its reader, its sender's words, its copy to the manager."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.chatter.models import Todo
from base.chatter.operations import make_todo
from base.company.models import Company
from base.lib.dates import format_day
from base.lib.money import format_money
from base.mail.queue import MailDraft, Paper, Reader, address
from base.mail.texts import LANGUAGES
from contracts.models import Contact, Contract, Customer
from contracts.queries import reader_at, reader_of

#: A value as it is, or its words in each of `LANGUAGES`.
Sample = str | tuple[str, str] | date | Money

#: Placeholders every mail about a contract may use.
VARIABLES = {
    "reader": _("how the reader is addressed, such as 王芳女士; “customer” without a form of address"),
    "customer": _("the customer's name"),
    "contract": _("the contract's number"),
    "project": _("the project's name"),
    "manager": _("the account manager's name"),
    "phone": _("the account manager's phone"),
    "company": _("our name"),
    "hotline": _("our service hotline"),
}
_SAMPLE: Mapping[str, Sample] = {
    "reader": ("王芳女士", "Ms Wang Fang"),
    "customer": ("明珠港务有限公司", "Pearl Port Ltd"),
    "contract": "WB-2026-0001",
    "project": ("档案数字化系统", "Digital archive"),
    "manager": ("陈静", "Chen Jing"),
    "phone": "010-5555 0100",
    "company": ("维保科技有限公司", "Weibao Technology Ltd"),
    "hotline": "400-555-0100",
}


def samples(**more: Sample) -> dict[str, dict[str, str]]:
    """Sample values for each language, in addition to those of `VARIABLES`: written as a real mail would write them."""
    return {
        language: {name: _written(value, language, place) for name, value in {**_SAMPLE, **more}.items()}
        for place, language in enumerate(LANGUAGES)
    }


def _written(value: Sample, language: str, place: int) -> str:
    match value:
        case Money():
            return format_money(value, language)
        case date():
            return format_day(value, language)
        case tuple():
            return value[place]
    return value


def values_of(contract: Contract, language: str, our_company: Company) -> dict[str, str]:
    """The values of `VARIABLES` for a contract; `ours` is the company, asked for once a batch."""
    manager = contract.manager
    return {
        "reader": reader_of(contract).greeting,
        "customer": contract.customer.name,
        "contract": contract.number,
        "project": contract.project or contract.number,
        "manager": str(manager) if manager else contract.manager_name,
        "phone": (manager.phone if manager else "") or our_company.phone or our_company.hotline,
        "company": (our_company.name_en if language == "en" else "") or our_company.name,
        "hotline": our_company.hotline,
    }


def customer_mail(
    contract: Contract,
    *,
    cause: str,
    kind: str,
    target: Model,
    variables: Mapping[str, str],
    our_company: Company,
    papers: Sequence[Paper] = (),
) -> MailDraft | None:
    """A mail to the contract's reader; Reply-To and copy go to the manager. None when nobody can be written to."""
    reader = reader_of(contract)
    if not reader.email:
        return None
    copy = contract.manager.email if contract.manager and contract.manager.is_active else ""
    return MailDraft(
        cause=cause,
        kind=kind,
        target=target,
        reader=reader,
        papers=papers,
        cc=copy,
        reply_to=copy,
        variables={**values_of(contract, reader.language, our_company), **variables},
    )


def people_of(customer: Customer, language: str) -> dict[str, Reader]:
    """Who at a customer may be written to, by address, as mails of this language address them."""
    contacts = Contact.objects.filter(customer=customer).exclude(email="").order_by("-pk")
    return {address(contact.email): reader_at(contact, customer, language) for contact in contacts}


def no_reader_todo(contract: Contract, *, cause: str, kind: str, target: Model, at: datetime, on: date) -> Todo:
    """Nobody can be written to: the manager hands over the letter, which is there as a PDF."""
    return make_todo(
        target,
        kind="letter_by_hand",
        due_on=on,
        at=at,
        assignee=contract.manager,
        role="manager",
        cause=f"{cause}:no-reader",
        params={"contract": contract.number, "mail": kind},
    )
