"""What a relation field offers while somebody types: few, and only what they may see."""

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from base.ui import registry
from base.ui.filters import Relation
from base.ui.look import Look
from base.ui.page import AnyPage

LIMIT = 20


@require_safe
def find(request: HttpRequest, *, page: type[AnyPage], name: str) -> JsonResponse:
    """`[{"value": 12, "text": "…"}, …]` for a relation of the page's form or filters."""
    look = Look.of(request)
    if not look.may(page.guard(name)):
        raise Http404(name)
    rows = _of_field(page, name, look)
    if rows is None:
        rows = _of_filter(page, name, look)
    rows = registry.text_search(rows.model, rows, request.GET.get("q", "").strip()[:100])
    found = [{"value": each.pk, "text": str(each)} for each in rows[:LIMIT]]
    return JsonResponse({"options": found})


def _of_field(page: type[AnyPage], name: str, look: Look) -> QuerySet[Model] | None:
    """What the form's field offers, as far as the person sees it; None where the form has no such relation."""
    field = page.form.base_fields.get(name) if page.form else None
    if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
        return None
    rows: QuerySet[Model] = registry.rows_for(field.queryset.model, look.user)
    limits = field.get_limit_choices_to()
    if field.queryset.query.where or limits:
        rows = rows.filter(pk__in=field.queryset.complex_filter(limits or {}).values("pk"))
    return rows


def _of_filter(page: type[AnyPage], name: str, look: Look) -> QuerySet[Model]:
    """What the filter of that name offers; 404 where the page has none."""
    for each in page.all_filters():
        if isinstance(each, Relation) and each.name == name:
            return registry.rows_for(each.target(), look.user)
    raise Http404(name)
