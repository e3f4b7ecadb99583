"""The box above a new request: who is calling, and a link that fills the form with what is known of them."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui.look import Look
from service.calls import Match, open_of, who_calls
from service.pages.requests import RequestPage
from warranty.labels import COVERAGE_COLOURS


@action("requests.take")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """A few lines under the box; with a text and nobody found, it says so."""
    look = Look.of(request)
    text = request.GET.get("calling", "").strip()
    matches = who_calls(text, user=look.user, on=look.today)
    waiting = open_of([each.contract for each in matches if each.contract], look.user)
    lines = [
        {
            "match": each,
            "colour": COVERAGE_COLOURS[each.coverage] if each.coverage else "red",
            "href": f"{RequestPage.address('create')}?{urlencode(_known(each, look))}",
            "open": waiting[each.contract.pk] if each.contract else [],
        }
        for each in matches
    ]
    return TemplateResponse(request, "service/callers.html", {"text": text, "lines": lines})


def _known(match: Match, look: Look) -> dict[str, object]:
    """What the form is filled with."""
    contact, contract = match.contact, match.contract
    known: dict[str, object] = {}
    if contract:
        known |= {"contract": contract.pk, "system": contract.project}
        if contract.engineer_id and look.may("requests.assign"):
            known["assignee"] = contract.engineer_id
    else:
        known["customer"] = match.customer.pk
    if contact:
        known |= {"contact": contact.pk, "caller": contact.name, "phone": contact.phone}
    elif match.earlier:
        known |= {"caller": match.earlier.caller, "phone": match.earlier.phone}
    return known
