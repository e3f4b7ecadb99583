"""Papers about a record: shown before they leave, kept as they left.

A floor says which papers its records have (`offer`), gives the sheet the tab, and its addresses the routes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.chatter.files import file_response
from base.documents.models import Document
from base.documents.registry import preview, stored_before
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.parts import CountOf, Tab
from base.ui.record import record_or_404


@dataclass(frozen=True)
class Paper:
    """A paper that can be made of a record at any time; `key` finds the one that has left the house."""

    name: str
    label: str | Promise
    render: Callable[[int], tuple[str, str, bytes, models.Model]]
    key: Callable[[Any], str] = lambda record: ""
    shown: Callable[[Any], bool] = lambda record: True


_papers: dict[type[models.Model], list[Paper]] = {}


def offer(model: type[models.Model], *papers: Paper) -> None:
    """Add papers to those of a model's records; called from `AppConfig.ready`."""
    _papers.setdefault(model, []).extend(papers)


def papers_of(record: models.Model) -> list[Paper]:
    """What can be made of this record now."""
    return [each for each in _papers.get(type(record), []) if each.shown(record)]


def stored(record: models.Model) -> models.QuerySet[Document]:
    """The record's papers as they left the house."""
    return Document.objects.filter(target_type=ContentType.objects.get_for_model(record), target_id=record.pk)


def paper_response(record: models.Model, paper: Paper) -> HttpResponse | FileResponse:
    """The stored paper if it has left the house, else one made now: looking at it stores nothing."""
    key = paper.key(record)
    if key and (document := Document.objects.filter(key=key).first()):
        return file_response(document)
    _key, name, data, _target = paper.render(record.pk)
    return _pdf(name, data)


def registered_response(name: str, record_id: int) -> HttpResponse | FileResponse:
    """The same for a paper known by its name (`base.documents.registry.register_paper`)."""
    if document := stored_before(name, record_id):
        return file_response(document)
    made = preview(name, record_id)
    return _pdf(made.name, made.data)


def _pdf(name: str, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage], pk: int, name: str) -> HttpResponse | FileResponse:
    """A paper as PDF; one that has not left the house carries the draft mark."""
    record = record_or_404(page, Look.of(request), pk)
    paper = next((each for each in papers_of(record) if each.name == name), None)
    if paper is None:
        raise Http404(name)
    return paper_response(record, paper)


@require_safe
def download(request: HttpRequest, *, page: type[AnyPage], pk: int, document: int) -> FileResponse:
    """A stored paper of this record, byte for byte."""
    record = record_or_404(page, Look.of(request), pk)
    found = stored(record).filter(pk=document).first()
    if found is None:
        raise Http404(document)
    return file_response(found)


def paper_routes(page: type[AnyPage], needs: str = "") -> list[URLPattern]:
    """The addresses of a page's papers: `quotes_paper`, `quotes_document`; `needs` is the action where it is another."""

    def at(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        bound = update_wrapper(partial(view, page=page), view)
        marked = action(needs or page.actions.view)(bound)
        return path(f"{page.slug}/<int:pk>/{address}", marked, name=f"{page.slug}_{name}")

    return [
        at("papers/<slug:name>/", show, "paper"),
        at("papers/<int:document>/download/", download, "document"),
    ]


def _context(record: models.Model, look: Look, slug: str, mail_url: str) -> Mapping[str, Any]:
    return {
        "previews": [(each, reverse(f"{slug}_paper", args=[record.pk, each.name])) for each in papers_of(record)],
        "documents": [(each, reverse(f"{slug}_document", args=[record.pk, each.pk])) for each in stored(record)],
        "mail_url": reverse(mail_url, args=[record.pk]) if mail_url else "",
    }


def papers_tab(slug: str, *, mail_url: str = "", needs: str = "") -> Tab:
    """The papers: what can be looked at now, and what has left the house. `mail_url` names a preview of their mail."""
    return Tab(
        "papers",
        _("Papers"),
        "mail_pages/record_papers.html",
        context=lambda record, look: _context(record, look, slug, mail_url),
        count=CountOf(lambda record, look: stored(record)),
        action=needs,
    )
