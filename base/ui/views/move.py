"""Moves: a button's form or question, and the operation it stands for; the same for many rows at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from base.lib.errors import NotAllowed, Refused, Stale
from base.ui import record as records
from base.ui import registry
from base.ui.forms import refuse
from base.ui.inputs import keys, whole
from base.ui.listing import COUNT_CAP, Listing
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import BulkMove, Move
from base.ui.views.edit import FORM_STATUS

#: Reasons told one by one after a bulk move; the rest is a number.
TOLD = 5


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, *, page: type[ModelPage], pk: int, name: str) -> HttpResponse:
    """GET asks (form, question), POST does. A preview is shown first: at once, or once the form is filled in."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    move = records.open_move(page, record, look, name)
    if not look.may(move.action):
        raise PermissionDenied
    answered = request.method == "POST" and ("asked" in request.POST or not move.asks)
    form = _form(move, request, record, look, move.initial(record, look))
    shut = move.allowed(record)
    if isinstance(shut, (str, Promise)) or not shut:
        raise Refused(
            shut or _("This is no longer possible: somebody changed the record meanwhile. Load the page again.")
        )
    preview = None
    if answered and (form is None or form.is_valid()):
        data = form.cleaned_data if form is not None else {}
        if move.preview and "confirmed" not in request.POST:
            preview = _preview(move, record, data, look, form)
        else:
            done = _carried_out(request, page, record, move, form, data, look)
            if isinstance(done, HttpResponse):
                return done
            # What the operation did to the record in hand was undone with it. Who was told that somebody else was
            # faster may go on from there; who mistyped goes on from what they had looked at.
            seen = whole(request.POST.get("version"))
            record = records.record_or_404(page, look, pk)
            if seen is not None and not isinstance(done, Stale):
                record.version = seen
    elif form is None and move.preview:
        preview = _preview(move, record, {}, look, form)
    context = {
        "page": page,
        "record": record,
        "look": look,
        "move": move,
        "form": form,
        "preview": preview,
        "way": records.Way(page, request, look, pk),
        "action_url": request.get_full_path(),
    }
    template = "ui/move.html#dialog" if request.htmx else "ui/move.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context, status=FORM_STATUS if form is not None and form.errors else 200)


def _form(move: Move | BulkMove, request: HttpRequest, record: Any, look: Look, initial: Any) -> Any:
    if move.form is None:
        return None
    data, files = (
        (request.POST, request.FILES) if request.method == "POST" and "asked" in request.POST else (None, None)
    )
    return move.form(data, files, initial=initial, record=record, look=look)  # type: ignore[call-arg]


def _preview(move: Move, record: Any, data: Any, look: Look, form: Any) -> Any:
    assert move.preview is not None
    try:
        return move.preview(record, data, look)
    except Refused as refusal:
        if form is None:
            raise
        refuse(form, refusal)
        return None


def _carried_out(
    request: HttpRequest, page: type[ModelPage], record: Any, move: Move, form: Any, data: Any, look: Look
) -> HttpResponse | Refused:
    """Where to go on; or why it was refused, which the form then says."""
    seen = whole(request.POST.get("version"))
    try:
        made = move.run(record, data, by=look.user, at=look.now, on=look.today, seen=seen)
    except NotAllowed:
        raise
    except Refused as refusal:
        if form is None:
            raise
        refuse(form, refusal)
        return refusal
    messages.success(request, str(move.done or _("Done: %(what)s.") % {"what": move.label}))
    return _to(request, made, look) or _done(request, page, record, look)


def _to(request: HttpRequest, made: Any, look: Look) -> HttpResponse | None:
    """To the sheet of a record that was made, if it was one and this person may see it."""
    target = registry.address(made, look) if isinstance(made, Model) else ""
    if not target:
        return None
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _done(request: HttpRequest, page: type[ModelPage], record: Any, look: Look) -> HttpResponse:
    """Back to where the button was, or to the list when the record can no longer be seen."""
    there = page.all_rows(look.user).filter(pk=record.pk).exists()
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if there else {"HX-Redirect": page.home()})
    way = records.Way(page, request, look, record.pk)
    return HttpResponseRedirect(page.address("sheet", record.pk) + way.suffix if there else page.home())


@require_POST
def many(request: HttpRequest, *, page: type[ModelPage], name: str) -> HttpResponse:
    """A move on the selected rows (`id`), or with `all` on every row of the list whose query is `query`."""
    look = Look.of(request)
    move = next((each for each in page.bulk if each.name == name), None)
    if move is None:
        raise Http404(name)
    if not look.may(move.action):
        raise PermissionDenied
    listing = Listing(page, QueryDict(request.POST.get("query", "")), look)
    if "all" in request.POST:
        chosen = listing.ordered[:COUNT_CAP]
    else:
        chosen = page.all_rows(look.user).filter(pk__in=keys(request.POST.getlist("id")))
    selected = list(chosen)
    if not selected:
        raise Refused(_("Select at least one row first."))
    form = _form(move, request, selected, look, None)
    asked = "asked" in request.POST
    if (form is None and not move.confirm) or (asked and (form is None or form.is_valid())):
        done = (_together if move.together else _all_of)(request, move, selected, form, look)
        if done is not None:
            return _to(request, done, look) or _back(request, page, listing)
    context = {
        "page": page,
        "look": look,
        "move": move,
        "form": form,
        "selected": selected,
        "query": listing.query,
        "all": "all" in request.POST,
        "action_url": request.path,
        "back": f"{page.address()}?{listing.query}",
    }
    template = "ui/move.html#dialog" if request.htmx else "ui/move.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context, status=FORM_STATUS if form is not None and form.errors else 200)


def _together(request: HttpRequest, move: BulkMove, selected: list[Any], form: Any, look: Look) -> Any:
    """All rows as one. Returns what was made of them, or True; None when it was refused, with the reason in the form."""
    try:
        made = move.run(
            selected, form.cleaned_data if form is not None else {}, by=look.user, at=look.now, on=look.today
        )
    except Refused as refusal:
        if form is None or isinstance(refusal, NotAllowed):
            raise
        refuse(form, refusal)
        return None
    messages.success(request, _("Done: %(what)s.") % {"what": move.label})
    return made or True


def _all_of(request: HttpRequest, move: BulkMove, selected: list[Any], form: Any, look: Look) -> bool:
    """Each row by itself; what was refused is told with its reason."""
    done, refused = 0, []
    data = form.cleaned_data if form is not None else {}
    for record in selected:
        try:
            move.run(record, data, by=look.user, at=look.now, on=look.today)
            done += 1
        except Refused as refusal:
            refused.append(f"{record}: {refusal.message}")
    if done:
        messages.success(
            request, ngettext("%(what)s: %(n)s row.", "%(what)s: %(n)s rows.", done) % {"what": move.label, "n": done}
        )
    for reason in refused[:TOLD]:
        messages.error(request, reason)
    if len(refused) > TOLD:
        messages.error(request, _("… and %(n)s more were refused.") % {"n": len(refused) - TOLD})
    return True


def _back(request: HttpRequest, page: type[ModelPage], listing: Listing) -> HttpResponse:
    target = f"{page.address()}?{listing.query}" if listing.query else page.address()
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
