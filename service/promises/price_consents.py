"""Asking the customer to agree to what work outside coverage costs, before anything but an answer is promised."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.company.queries import today
from base.lib.errors import Refused
from base.lib.money import format_money
from contracts.models import Contact
from service.choices import ConsentStatus
from service.enums import RequestStatus
from service.models import PriceConsent, PriceLine, ServiceRequest
from service.money import added, currency_of
from service.notifications import desk_reader
from service.promises.consents import ANSWER_DAYS, ask_consent, withdraw_consent


def to_be_agreed(request: ServiceRequest) -> list[PriceLine]:
    """The prices that nobody at the customer has agreed to yet."""
    return [line for line in request.prices.all() if line.agreed_on is None]


def open_question(request: ServiceRequest) -> PriceConsent | None:
    """The offer that waits for its answer."""
    found: PriceConsent | None = PriceConsent.objects.filter(request=request, status=ConsentStatus.ASKED).first()
    return found


@transaction.atomic
def ask_price(*, request: ServiceRequest, contact: Contact | None = None, by: User, at: datetime) -> PriceConsent:
    """Ask the customer to agree to all prices of a request that are not agreed to, behind a link.

    A question that waits for its answer is withdrawn. Raises `Refused` on a closed request, where nothing is to be
    agreed, and for another customer's contact.
    """
    require(by, "requests.price")
    if request.status == RequestStatus.CLOSED:
        raise Refused(_("A closed request never changes again."), code="closed")
    if contact and contact.customer_id != request.customer_id:
        raise Refused(_("Choose a contact of this customer."), field="contact")
    lines = to_be_agreed(request)
    if not lines:
        raise Refused(_("Add a price first: there is nothing to agree to."), code="nothing")
    if before := open_question(request):
        withdraw_consent(consent=before, reason=_("offered anew"), by=by, at=at)
    contact = contact or request.contact or (request.contract.contact if request.contract else None)
    language = desk_reader(contact, request.customer, request.contract).language
    colon = ": " if language == "en" else "："
    consent = PriceConsent(
        contract=request.contract,
        request=request,
        contact=contact,
        lines="\n".join(f"{line.text}{colon}{format_money(line.amount, language)}" for line in lines),
        amount=added([line.amount for line in lines], currency_of(request.contract)),
        asked_at=at,
        asked_by=by,
        expires_on=today(at) + ANSWER_DAYS,
    )
    ask_consent(consent, by=by, at=at)
    return consent
