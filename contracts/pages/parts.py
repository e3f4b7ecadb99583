"""Contacts and invoice titles of a customer, added and changed inside the customer's tab."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from base.accounts.access import action
from base.lib.errors import NotAllowed, Refused
from base.ui.forms import SheetForm, refuse
from base.ui.inputs import whole
from base.ui.look import Look, Text
from base.ui.once import once
from base.ui.parts import CountOf, Tab
from base.ui.paths import value_at
from contracts.customers import save_customer_part
from contracts.forms import ContactForm, TitleForm
from contracts.models import Contact, Customer, InvoiceTitle

FORM_STATUS = 422


@dataclass(frozen=True)
class PartKind:
    """One kind of what belongs to a customer: its tab's name and label, model, form, and what a card shows."""

    name: str
    label: Text
    add: Text
    model: type[Contact] | type[InvoiceTitle]
    form: type[SheetForm]
    icon: str
    fields: tuple[str, ...]


CONTACTS = PartKind(
    "contacts",
    _("Contacts"),
    _("Add a contact"),
    Contact,
    ContactForm,
    "user",
    ("salutation", "position", "phone", "email", "language"),
)
TITLES = PartKind(
    "titles",
    _("Invoice titles"),
    _("Add an invoice title"),
    InvoiceTitle,
    TitleForm,
    "receipt",
    ("tax_number", "address", "phone", "bank_name", "bank_account", "email"),
)
KINDS = {each.name: each for each in (CONTACTS, TITLES)}


def part_tab(kind: PartKind) -> Tab:
    return Tab(
        kind.name,
        kind.label,
        "contracts/parts.html",
        context=lambda customer, look: parts_context(kind, customer, look),
        count=CountOf(lambda customer, look: getattr(customer, kind.name).all()),
    )


def parts_context(kind: PartKind, customer: Customer, look: Look, **extra: object) -> dict[str, Any]:
    """The cards of a customer's parts; one of them, or a new one, may be open as a form."""
    cards = [
        {
            "part": part,
            "lines": [(part._meta.get_field(name).verbose_name, _shown(part, name)) for name in kind.fields],
            "edit": reverse("customer_part", args=[customer.pk, kind.name, part.pk]),
        }
        for part in getattr(customer, kind.name).all()
    ]
    return {
        "kind": kind,
        "record": customer,
        "look": look,
        "cards": cards,
        "add": reverse("customer_part_new", args=[customer.pk, kind.name]),
        "may_edit": look.may("customers.edit"),
        **extra,
    }


def _shown(part: Contact | InvoiceTitle, name: str) -> object:
    return value_at(part, name)


@action("customers.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, pk: int, kind: str, part: int | None = None) -> HttpResponse:
    """The tab with one part open as a form; a good POST stores it and closes it again."""
    look = Look.of(request)
    customer = Customer.objects.visible_to(look.user).filter(pk=pk).first()
    known = KINDS.get(kind)
    if customer is None or known is None:
        raise Http404(kind)
    record: Any = (
        known.model(customer=customer)
        if part is None
        else known.model.objects.filter(customer=customer, pk=part).first()
    )
    if record is None:
        raise Http404(kind)
    posted = request.method == "POST"
    form = known.form(request.POST if posted else None, instance=known.model(**_values(record)), look=look)
    if posted and form.is_valid() and _stored(request, record, form, look):
        return _done(request, known, customer, look)
    context = parts_context(
        known, customer, look, form=form, open=part or "new", version=record.version, action_url=request.path
    )
    template = "contracts/parts.html" if request.htmx else "contracts/parts_page.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context, status=FORM_STATUS if form.errors else 200)


def _values(record: Contact | InvoiceTitle) -> dict[str, Any]:
    """A copy for the form to write into: the operation compares with what is stored."""
    return {
        field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields if not field.generated
    }


def _stored(request: HttpRequest, record: Contact | InvoiceTitle, form: SheetForm, look: Look) -> bool:
    seen = whole(request.POST.get("version")) if record.pk else None
    try:
        save_customer_part(part=record, values=form.cleaned_data, by=look.user, at=look.now, seen=seen)
    except NotAllowed:
        raise
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


def _done(request: HttpRequest, kind: PartKind, customer: Customer, look: Look) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return TemplateResponse(request, "contracts/parts.html", parts_context(kind, customer, look))
    return HttpResponseRedirect(f"{reverse('customers:sheet', args=[customer.pk])}?tab={kind.name}")
