"""The price of work that is not covered: its lines, in a tab of the request."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.ui import cells
from base.ui.look import Look, Text
from service import prices
from service.enums import RequestStatus
from service.forms.visits import PriceForm
from service.models import PriceLine, ServiceRequest
from service.money import added, agreed_for, currency_of
from service.pages.inplace import InPlace
from service.pages.requests import RequestPage


def _says(request: ServiceRequest, rows: Sequence[PriceLine], look: Look) -> Text:
    if not rows:
        return _("The contract covers this work: nothing has to be agreed.") if request.is_covered else ""
    total = cells.money_html(added([each.amount for each in rows], currency_of(request.contract)), look)
    agreed = cells.money_html(agreed_for(request, rows), look)
    return format_html("{} {} · {} {}", gettext("Offered:"), total, gettext("agreed:"), agreed)


PRICES = InPlace(
    name="prices",
    label=_("Price"),
    add=_("Add a price"),
    icon="coin",
    page=RequestPage,
    rows="prices",
    owner="request",
    model=PriceLine,
    form=PriceForm,
    fields=("amount", "agreed_at", "agreed_on", "agreed_by"),
    action="requests.price",
    save=lambda line, values, **who: prices.save_price(line=line, values=values, **who),
    remove=lambda line, **who: prices.remove_price(line=line, **who),
    is_open=lambda request: request.status != RequestStatus.CLOSED,
    says=_says,
)
