"""Moves: a button's form or question, and the operation it stands for; the same for many rows at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from base.lib.errors import NotAllowed, Refused, Stale
from base.ui import record as records
from base.ui import registry
from base.ui.bulk import TOLD, ask_bulk, ask_move, find_move
from base.ui.forms import MoveForm, refuse
from base.ui.inputs import keys, whole
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.once import once
from base.ui.page import AnyPage
from base.ui.parts import BulkMove, Data, Move
from base.ui.views.edit import FORM_STATUS
from base.ui.views.second import says_it_waits

#: Rows that are moved while the person waits: well under two seconds.
AT_ONCE = 100


@dataclass(frozen=True)
class Asked:
    """One move on one record, as a request asks for it: through an open door, and with its form."""

    request: HttpRequest
    page: type[AnyPage]
    record: Model
    look: Look
    move: Move
    form: MoveForm | None

    @property
    def is_answered(self) -> bool:
        """Whether the person has answered what the move asks; a move that asks nothing is answered by the click."""
        return self.request.method == "POST" and ("asked" in self.request.POST or not self.move.asks)

    @property
    def data(self) -> Data:
        return self.form.cleaned_data if self.form is not None else {}

    @property
    def seen(self) -> int | None:
        """The version of the record that the person looked at."""
        return whole(self.request.POST.get("version"))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def one(request: HttpRequest, *, page: type[AnyPage], pk: int, name: str) -> HttpResponse:
    """GET asks (form, question), POST does. A preview is shown first: at once, or once the form is filled in."""
    asked = _opened(request, page, pk, name)
    if not asked.is_answered:
        return _ask(asked)
    if asked.form is not None and not asked.form.is_valid():
        return _dialog(asked)
    if asked.move.preview and "confirmed" not in request.POST:
        return _preview(asked)
    return _do(asked)


def _opened(request: HttpRequest, page: type[AnyPage], pk: int, name: str) -> Asked:
    """The record and the move, if this person may make it now."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    move = records.open_move(page, record, look, name)
    initial = {**move.initial(record, look), **_begun(move, request)}
    return Asked(request, page, record, look, move, _form(move, request, record, look, initial))


def _begun(move: Move, request: HttpRequest) -> Mapping[str, str]:
    """What the address says the form begins with: a to-do's button answers for the person who presses it."""
    fields = move.form.base_fields if move.form is not None else {}
    return {name: request.GET[name] for name in fields if name in request.GET}


def _ask(asked: Asked) -> HttpResponse:
    """The form or the question; of a move without a form, what it would change."""
    return _preview(asked) if asked.form is None and asked.move.preview else _dialog(asked)


def _preview(asked: Asked) -> HttpResponse:
    """What the move would change, to be confirmed; a refusal stands in the form it is about."""
    assert asked.move.preview is not None
    try:
        return _dialog(asked, preview=asked.move.preview(asked.record, asked.data, asked.look))
    except Refused as refusal:
        if asked.form is None:
            raise
        refuse(asked.form, refusal)
        return _dialog(asked)


def _do(asked: Asked) -> HttpResponse:
    """Carry the move out and go on; a refusal stands in the form it is about."""
    look, move = asked.look, asked.move
    if move.long(asked.record, asked.data) and not asked.request.FILES:
        job = ask_move(asked.page, asked.record, move, asked.request.POST, asked.seen, look)
        return _to(asked.request, job, look) or _done(asked)
    try:
        made = move.run(asked.record, asked.data, by=look.user, at=look.now, on=look.today, seen=asked.seen)
    except Refused as refusal:
        if asked.form is None or isinstance(refusal, NotAllowed):
            raise
        refuse(asked.form, refusal)
        return _dialog(replace(asked, record=_as_looked_at(asked, refusal)))
    if move.shows is not None:
        return _shown(asked, move.shows(asked.record, look))
    if not says_it_waits(asked.request, asked.record, look):
        messages.success(asked.request, str(move.done or _("Done: %(what)s.") % {"what": move.label}))
    return _to(asked.request, made, look) or _done(asked)


def _as_looked_at(asked: Asked, refusal: Refused) -> Model:
    """The record to go on from: what the refused operation did to the one in hand was undone with it.

    Who was told that somebody else was faster may go on from what is stored now; who mistyped goes on from what they
    had looked at.
    """
    record: Any = records.record_or_404(asked.page, asked.look, asked.record.pk)
    if asked.seen is not None and not isinstance(refusal, Stale):
        record.version = asked.seen
    return cast(Model, record)


def _shown(asked: Asked, html: str) -> HttpResponse:
    """What the move is there to tell, to be read once: nobody's cache keeps it."""
    response = _dialog(asked, shown=html)
    response["Cache-Control"] = "private, no-store"
    return response


def _dialog(asked: Asked, *, preview: str = "", shown: str = "") -> HttpResponse:
    context = {
        "shown": shown,
        "page": asked.page,
        "record": asked.record,
        "look": asked.look,
        "move": asked.move,
        "form": asked.form,
        "preview": preview,
        "summary": asked.move.summary(asked.record, asked.look) if asked.move.summary else "",
        "list_context": records.ListContext(asked.page, asked.request, asked.look, asked.record.pk),
        "action_url": asked.request.get_full_path(),
    }
    return _answer(asked.request, asked.form, context)


def _answer(request: HttpRequest, form: forms.Form | None, context: dict[str, Any]) -> HttpResponse:
    """The dialogue by itself for htmx, a page of its own for everybody else."""
    template = "ui/move.html#dialog" if request.htmx else "ui/move.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context, status=FORM_STATUS if form is not None and form.errors else 200)


def _form(
    move: Move | BulkMove,
    request: HttpRequest,
    record: Model | list[Model],
    look: Look,
    initial: Mapping[str, Any] | None,
) -> MoveForm | None:
    if move.form is None:
        return None
    data, files = (
        (request.POST, request.FILES) if request.method == "POST" and "asked" in request.POST else (None, None)
    )
    return move.form(data, files, initial=initial, record=record, look=look)


def _to(request: HttpRequest, made: object, look: Look) -> HttpResponse | None:
    """To the sheet of a record that was made, if it was one and this person may see it."""
    target = registry.address(made, look) if isinstance(made, Model) else ""
    if not target:
        return None
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _done(asked: Asked) -> HttpResponse:
    """Back to where the button was, or to the list when the record can no longer be seen."""
    page, record, look = asked.page, asked.record, asked.look
    there = page.all_rows(look.user).filter(pk=record.pk).exists()
    if asked.request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if there else {"HX-Redirect": page.home()})
    list_context = records.ListContext(page, asked.request, look, record.pk)
    return HttpResponseRedirect(page.address("sheet", record.pk) + list_context.suffix if there else page.home())


@require_POST
@once
def many(request: HttpRequest, *, page: type[AnyPage], name: str) -> HttpResponse:
    """A move on the selected rows (`id`), or with `all` on every row of the list whose query is `query`.

    Many rows are moved by a job.
    """
    look = Look.of(request)
    move = _open_bulk_move(page, look, name)
    listing = Listing(page, QueryDict(request.POST.get("query", "")), look)
    chosen = _chosen(request, listing)
    found = page.all_rows(look.user).in_bulk(chosen[:AT_ONCE])
    selected = [found[key] for key in chosen[:AT_ONCE] if key in found]
    form = _form(move, request, selected, look, None)
    if _is_answered(request, move, form):
        if len(chosen) > AT_ONCE:
            return _to(request, ask_bulk(listing, move, chosen, request.POST), look) or _back(request, page, listing)
        done = (_together if move.together else _each)(request, move, selected, form, look)
        if done is not None:
            return _to(request, done, look) or _back(request, page, listing)
    context = {
        "page": page,
        "look": look,
        "move": move,
        "form": form,
        "selected": selected,
        "chosen": chosen,
        "query": listing.query,
        "all": "all" in request.POST,
        "action_url": request.path,
        "back": f"{page.address()}?{listing.query}",
    }
    return _answer(request, form, context)


def _open_bulk_move(page: type[AnyPage], look: Look, name: str) -> BulkMove:
    """The bulk move of that name, if this person may make it; which rows it refuses, each row says."""
    move = find_move(page, name)
    if move is None:
        raise Http404(name)
    if not look.may(move.action):
        raise PermissionDenied
    return move


def _chosen(request: HttpRequest, listing: Listing) -> list[int]:
    """The keys of the rows a bulk move is about: all of the list, or those that are ticked and may be seen."""
    if "all" in request.POST:
        rows = listing.ordered
    else:
        rows = listing.page.all_rows(listing.look.user).filter(pk__in=keys(request.POST.getlist("id")))
    chosen = list(rows.values_list("pk", flat=True))
    if not chosen:
        raise Refused(_("Select at least one row first."))
    return chosen


def _is_answered(request: HttpRequest, move: BulkMove, form: MoveForm | None) -> bool:
    """Whether there is nothing to ask, or it was asked and answered well."""
    if form is None:
        return not move.confirm or "asked" in request.POST
    return "asked" in request.POST and form.is_valid()


def _together(
    request: HttpRequest, move: BulkMove, selected: list[Model], form: MoveForm | None, look: Look
) -> object | None:
    """All rows as one. Returns what was made of them, or True; None when it was refused, with the reason in the form."""
    data = form.cleaned_data if form is not None else {}
    try:
        made = move.run(selected, data, by=look.user, at=look.now, on=look.today)
    except Refused as refusal:
        if form is None or isinstance(refusal, NotAllowed):
            raise
        refuse(form, refusal)
        return None
    messages.success(request, _("Done: %(what)s.") % {"what": move.label})
    return made or True


def _each(
    request: HttpRequest, move: BulkMove, selected: list[Model], form: MoveForm | None, look: Look
) -> object | None:
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


def _back(request: HttpRequest, page: type[AnyPage], listing: Listing) -> HttpResponse:
    target = f"{page.address()}?{listing.query}" if listing.query else page.address()
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
