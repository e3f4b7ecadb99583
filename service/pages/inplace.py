"""What belongs to a visit or a request and is added and changed inside its tab: parts, prices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from base.accounts.access import action
from base.lib.errors import NotAllowed, Refused
from base.ui import cells
from base.ui.forms import SheetForm, refuse
from base.ui.inputs import whole
from base.ui.look import Look, Text
from base.ui.once import once
from base.ui.page import AnyPage
from base.ui.parts import CountOf, Tab
from base.ui.record import record_or_404
from base.ui.views.edit import FORM_STATUS

TEMPLATE, ALONE = "service/inplace.html", "service/inplace_page.html"


@dataclass(frozen=True)
class InPlace:
    """One kind of such rows.

    `name` names its tab and its addresses, `rows` the relation that leads to them, `owner` the way back. `save` and
    `remove` are operations; `is_open(record)` says whether anything can be changed now; `says(record, rows)` is a
    sentence under them.
    """

    name: str
    label: Any
    add: Any
    icon: str
    page: type[AnyPage]
    rows: str
    owner: str
    model: type[Any]
    form: "type[ModelForm[Any]]"
    fields: Sequence[str]
    action: str
    save: Callable[..., Any]
    remove: Callable[..., None]
    is_open: Callable[[Any], bool]
    says: Callable[[Any, Sequence[Any], Look], Any] = lambda record, rows, look: ""

    def tab(self, *, action: str = "") -> Tab:
        return Tab(
            self.name,
            self.label,
            TEMPLATE,
            context=lambda record, look: context(self, record, look),
            action=action,
            count=CountOf(lambda record, look: getattr(record, self.rows).all()),
        )

    def urls(self) -> list[URLPattern]:
        """`visits_parts_new`, `visits_parts`: under the page's own address."""
        slug, view = self.page.slug, action(self.action)(update_wrapper(partial(edit, kind=self), edit))
        return [
            path(f"{slug}/<int:pk>/{self.name}/new/", view, name=f"{slug}_{self.name}_new"),
            path(f"{slug}/<int:pk>/{self.name}/<int:row>/", view, name=f"{slug}_{self.name}"),
        ]


def context(kind: InPlace, record: models.Model, look: Look, **extra: object) -> dict[str, Any]:
    """The rows as cards; one of them, or a new one, may be open as a form."""
    rows, slug = list(getattr(record, kind.rows).all()), kind.page.slug
    return {
        "kind": kind,
        "page": kind.page,
        "record": record,
        "look": look,
        "cards": [
            {
                "row": row,
                "lines": _lines(kind, row, look),
                "edit": reverse(f"{slug}_{kind.name}", args=[record.pk, row.pk]),
            }
            for row in rows
        ],
        "add": reverse(f"{slug}_{kind.name}_new", args=[record.pk]),
        "back": f"{kind.page.address('sheet', record.pk)}?tab={kind.name}",
        "may_edit": look.may(kind.action) and kind.is_open(record),
        "says": kind.says(record, rows, look),
        **extra,
    }


def _lines(kind: InPlace, row: models.Model, look: Look) -> list[tuple[Text, str]]:
    """Label and value of what is not empty."""
    values = [(row._meta.get_field(name), getattr(row, name)) for name in kind.fields]
    return [(field.verbose_name, cells.html(value, look)) for field, value in values if value not in (None, "")]  # type: ignore[union-attr]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, pk: int, row: int | None = None, *, kind: InPlace) -> HttpResponse:
    """The tab with one row open as a form; a good POST stores it, one with `remove` takes it away."""
    look = Look.of(request)
    record = record_or_404(kind.page, look, pk)
    found = kind.model(**{kind.owner: record}) if row is None else getattr(record, kind.rows).filter(pk=row).first()
    if found is None:
        raise Http404(kind.name)
    posted = request.method == "POST"
    if posted and "remove" in request.POST and row is not None:
        kind.remove(found, by=look.user, at=look.now)
        return _done(request, kind, record, look)
    copied = kind.model(**{field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields})
    form: Any = kind.form(request.POST if posted else None, instance=copied, look=look)  # type: ignore[call-arg]
    if posted and form.is_valid() and _stored(request, kind, found, form, look):
        return _done(request, kind, record, look)
    shown = context(kind, record, look, form=form, open=row or "new", version=found.version, action_url=request.path)
    template = TEMPLATE if request.htmx else ALONE  # type: ignore[attr-defined]
    return TemplateResponse(request, template, shown, status=FORM_STATUS if form.errors else 200)


def _stored(request: HttpRequest, kind: InPlace, found: models.Model, form: SheetForm, look: Look) -> bool:
    seen = whole(request.POST.get("version")) if found.pk else None
    try:
        kind.save(found, form.cleaned_data, by=look.user, at=look.now, seen=seen)
    except NotAllowed:
        raise
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


def _done(request: HttpRequest, kind: InPlace, record: models.Model, look: Look) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return TemplateResponse(request, TEMPLATE, context(kind, record, look))
    return HttpResponseRedirect(f"{kind.page.address('sheet', record.pk)}?tab={kind.name}")
