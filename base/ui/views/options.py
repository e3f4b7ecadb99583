"""What a relation field offers while somebody types: few, and only what they may see."""

from django import forms
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
    rows = None
    if not look.may(page.guard(name)):
        raise Http404(name)
    field = page.form.base_fields.get(name) if page.form else None
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        model = field.queryset.model
        rows = registry.rows_for(model, look.user)
        if field.queryset.query.where or field.get_limit_choices_to():
            rows = rows.filter(pk__in=field.queryset.complex_filter(field.get_limit_choices_to() or {}).values("pk"))
    else:
        relation = next((each for each in page.all_filters() if isinstance(each, Relation) and each.name == name), None)
        if relation is None:
            raise Http404(name)
        model = relation.target()
        rows = registry.rows_for(model, look.user)
    rows = registry.text_search(model, rows, request.GET.get("q", "").strip()[:100])
    found = [{"value": each.pk, "text": str(each)} for each in rows[:LIMIT]]
    return JsonResponse({"options": found})
