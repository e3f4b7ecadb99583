"""What is kept about a person outside of the house: found, taken away as a file, erased (docs/rules.md 19)."""

from typing import NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import action
from base.audit.erasure import erase_person, export_person
from base.audit.personal import ERASED_NAME, Person, PersonKind, places
from base.jobs.kinds import JobKind
from base.jobs.operations import ask_job
from base.lib.errors import Refused
from base.ui import registry
from base.ui.look import Look, Text
from console.jobs import ERASE_PERSON, EXPORT_PERSON, written
from contracts.models import Customer

_SHOWN = 100
#: Contracts of a customer through whose records one looks while the person waits.
AT_ONCE = 200
_SHORTEST = 2
_KINDS = {
    PersonKind.CONTACT: lambda: _("contact"),
    PersonKind.CALLER: lambda: _("caller"),
    PersonKind.SIGNER: lambda: _("signer"),
}


class Row(NamedTuple):
    """Somebody who was found, and how we came to know them."""

    customer: Customer
    name: str
    kinds: list[Text]


@action("personal.erase")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """People by name, telephone number or address."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = people(text) if len(text) >= _SHORTEST else []
    context = {"text": text, "found": found[:_SHOWN], "more": len(found) > _SHOWN, "look": Look.of(request)}
    return TemplateResponse(request, "console/personal.html", context)


@action("personal.erase")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about a person, as JSON; posted, since the log tells of it."""
    look = Look.of(request)
    person, customer = _asked(request.POST)
    if takes_long(customer):
        return _later(EXPORT_PERSON, person, customer, look)
    told = export_person(person=person, customer=customer, by=look.user, at=look.now)
    response = HttpResponse(written(told), content_type="application/json; charset=utf-8")
    name = f"{person.name} {look.today.isoformat()}.json"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@action("personal.erase")
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Removed for good, once the box is ticked."""
    look = Look.of(request)
    person, customer = _asked(request.POST)
    if not request.POST.get("sure"):
        messages.error(request, _("Nothing was erased: tick that you are sure."))
        return HttpResponseRedirect(f"{reverse('personal_data')}?q={person.name}")
    if takes_long(customer):
        return _later(ERASE_PERSON, person, customer, look)
    erasure = erase_person(person=person, target=customer, by=look.user, at=look.now)
    count = sum(erasure.removed.values())
    messages.success(request, _("Erased in %(count)s places. The log says who did it.") % {"count": count})
    return HttpResponseRedirect(reverse("personal_data"))


def takes_long(customer: Customer) -> bool:
    """Whether so much is kept at the customer that looking through it is a job."""
    return customer.contracts.all()[: AT_ONCE + 1].count() > AT_ONCE


def _later(kind: JobKind, person: Person, customer: Customer, look: Look) -> HttpResponseRedirect:
    parameters = {"customer": customer.pk, "name": person.name}
    job = ask_job(kind=kind.name, subject=str(customer), parameters=parameters, by=look.user, at=look.now)
    return HttpResponseRedirect(registry.address(job, look))


def people(text: str) -> list[Row]:
    """Everybody whose name, telephone number or address holds the text, by customer and name."""
    found: dict[tuple[int, str], list[Text]] = {}
    for place in places():
        if not place.kind:
            continue
        holds = Q()
        for field in (place.name, *place.also):
            holds |= Q(**{f"{field}__icontains": text})
        rows = place.model._base_manager.filter(holds).exclude(**{f"{place.name}__in": ["", ERASED_NAME]})
        for customer, name in rows.order_by().values_list(place.customer, place.name).distinct()[: _SHOWN + 1]:
            kinds = found.setdefault((customer, name), [])
            if (kind := _KINDS[place.kind]()) not in kinds:
                kinds.append(kind)
    customers = Customer.objects.in_bulk({customer for customer, _name in found})
    return [
        Row(customers[key], name, kinds) for (key, name), kinds in sorted(found.items(), key=lambda each: each[0][1])
    ]


def _asked(values: QueryDict) -> tuple[Person, Customer]:
    key, name = values.get("customer", ""), values.get("name", "")
    customer = (
        Customer.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    )
    if customer is None or not name or "\0" in name:
        raise Refused(_("Nothing is kept about this person."), code="nobody")
    return Person(customer.pk, name), customer
