"""Editing in place: the sheet's groups become inputs, and one save goes through the page's operation."""

import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from base.lib.errors import NotAllowed, Refused, Stale
from base.ui import cells
from base.ui import record as records
from base.ui.forms import SheetForm, refuse, stored_beside
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.once import once
from base.ui.page import AnyPage, M, ModelPage
from base.ui.registry import rows_for
from base.ui.views.second import says_it_waits
from base.ui.views.sheet import sheet_context

FORM_STATUS = 422


@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    look = Look.of(request)
    record = page.model()
    form = form_for(page, record, look, request, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        saved = _save(page, record, form, look, seen=None)
        if saved is not None:
            if not says_it_waits(request, saved, look):
                messages.success(request, _("%(what)s is stored.") % {"what": saved})
            return HttpResponseRedirect(page.address("sheet", saved.pk))
    context = {
        "page": page,
        "look": look,
        "record": record,
        "form": form,
        "creating": True,
        "blocks": form_blocks(page, record, form, look, {}),
        "back": page.home(),
    }
    return TemplateResponse(request, "ui/sheet_new.html", context, status=FORM_STATUS if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    if not page.may_edit(record, look):
        raise PermissionDenied
    # The form writes what was typed into its instance; the operation has to compare with what is stored.
    form = form_for(page, copy.copy(record), look, request)
    stored: dict[str, Any] = {}
    if request.method == "POST":
        seen = whole(request.POST.get("version"))
        if form.is_valid() and not _is_stale(record, seen):
            if _save(page, record, form, look, seen=seen) is not None:
                says_it_waits(request, record, look)
                list_context = records.ListContext(page, request, look, pk)
                return HttpResponseRedirect(page.address("sheet", pk) + list_context.suffix)
            record = records.record_or_404(page, look, pk)
        if _is_stale(record, seen):
            stored = stored_beside(form, record)
            if not form.non_field_errors():
                form.add_error(None, _stale_text())
    context = {
        **sheet_context(request, page, record, look),
        "form": form,
        "editing": True,
        "blocks": form_blocks(page, record, form, look, stored),
        "stale": bool(stored),
    }
    return TemplateResponse(request, "ui/sheet.html", context, status=FORM_STATUS if form.errors else 200)


def _stale_text() -> str:
    return _(
        "Somebody else changed this record meanwhile. What is stored now stands beside what you typed; saving again keeps yours."
    )


def _is_stale(record: Model, seen: int | None) -> bool:
    """Whether the record was saved by somebody else after this person had looked at it."""
    return seen is not None and seen != getattr(record, "version", seen)


def form_for(
    page: type[AnyPage],
    instance: Model,
    look: Look,
    request: HttpRequest | None = None,
    initial: dict[str, Any] | None = None,
) -> SheetForm:
    """The page's form for this person: without the fields and the related records they may not see."""
    assert page.form is not None
    is_sent = request is not None and request.method == "POST"
    data, files = (request.POST, request.FILES) if request is not None and is_sent else (None, None)
    form = page.form(data, files, instance=instance, look=look, initial=initial)
    for name in list(form.fields):
        if not look.may(page.guard(name)):
            del form.fields[name]
        elif "data-relation" in form.fields[name].widget.attrs:
            form.fields[name].widget.attrs["data-options"] = page.address("options", name)
            _narrow(form.fields[name], getattr(instance, f"{name}_id", None), look)
    return form


def _narrow(field: forms.Field, kept: int | None, look: Look) -> None:
    """Choosable is what the look-up would find, and what is stored: a save must not lose it."""
    assert isinstance(field, forms.ModelChoiceField)
    assert field.queryset is not None
    seen = rows_for(field.queryset.model, look.user).values("pk")
    field.queryset = field.queryset.filter(Q(pk__in=seen) | Q(pk=kept))


def _save(page: type[ModelPage[M]], record: M, form: SheetForm, look: Look, *, seen: int | None) -> M | None:
    """What the operation stored; None when it refused, with the reason in the form."""
    values = {name: value for name, value in form.cleaned_data.items() if name in form.fields}
    try:
        with transaction.atomic():
            return page.save(record, values, by=look.user, at=look.now, on=look.today, seen=seen) or record
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Stale:
        form.add_error(None, _stale_text())
    except Refused as refusal:
        refuse(form, refusal)
    except IntegrityError:
        form.add_error(None, _("The database does not take this: another record holds the same, or a rule forbids it."))
    return None


def form_blocks(
    page: type[AnyPage], record: Model, form: SheetForm, look: Look, stored: dict[str, Any]
) -> list[records.Block]:
    """The sheet's groups with inputs where the form has them; inputs no group has come last."""
    left = {name: form[name] for name in form.fields if not form[name].is_hidden}
    found = []
    for group in page.all_groups():
        lines: list[records.Line] = []
        more: list[records.Block] = []
        for column in records.visible(page, group, look):
            field = left.pop(column.name, None)
            if field is not None:
                lines.append(_line(field, stored, look))
                title, names = form.beside.get(column.name, ("", ()))
                if beside := [_line(left.pop(name), stored, look) for name in names if name in left]:
                    more.append(records.Block(title, beside))
            elif record.pk is not None:
                lines.append(records.Line(column.name, column.label, column.html(record, look)))
        if lines:
            found.append(records.Block(group.title, lines))
        found += more
    if left:
        found.append(records.Block(_("More"), [_line(field, stored, look) for field in left.values()]))
    return found


def _line(field: forms.BoundField, stored: dict[str, Any], look: Look) -> records.Line:
    beside = (
        _("stored now: %(value)s") % {"value": cells.text(stored[field.name], look) or "–"}
        if field.name in stored
        else ""
    )
    return records.Line(field.name, field.label, beside, field, wide=isinstance(field.field.widget, forms.Textarea))
