"""A mail as a page, its papers, and the hold on all mail."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.accounts.access import action
from base.chatter.files import file_response
from base.documents import registry
from base.mail import queue as operations
from base.mail.mime import html_part
from base.mail.models import MailStatus, OutgoingMail
from base.mail.pages.mails import READ, MailPage
from base.mail.queries import held_because
from base.ui.look import Look
from base.ui.paths import attached
from base.ui.record import record_or_404

#: Rows of the release page; what lies beyond stays on hold and can be released from the list.
SHOWN = 200
_STALE = timedelta(days=1)


@action(READ)
@xframe_options_sameorigin
@require_safe
def as_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as the reader gets it, links masked, for a frame that runs nothing."""
    mail = record_or_404(MailPage, Look.of(request), pk)
    return mail_frame(html_part(mail.subject, attached(mail, "wording"), mail.language))


def mail_frame(html: str) -> HttpResponse:
    """A mail's HTML for a frame of our own pages: its inline styles are shown, nothing else is let through."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@action(READ)
@require_safe
def document(request: HttpRequest, pk: int, document: int) -> FileResponse:
    """An attachment as it left."""
    mail = record_or_404(MailPage, Look.of(request), pk)
    found = mail.documents.filter(pk=document).first()
    if found is None:
        raise Http404(document)
    return file_response(found)


@action(READ)
@require_safe
def paper(request: HttpRequest, pk: int, place: int) -> HttpResponse | FileResponse:
    """An attachment as it would be if the mail left now."""
    mail = record_or_404(MailPage, Look.of(request), pk)
    if place >= len(mail.papers):
        raise Http404(place)
    name, record_id = mail.papers[place]
    if stored := registry.stored_before(name, record_id):
        return file_response(stored)
    rendered = registry.preview(name, record_id)
    response = HttpResponse(rendered.data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, rendered.name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _queued(look: Look) -> QuerySet[OutgoingMail]:
    return MailPage.all_rows(look.user).filter(status=MailStatus.QUEUED)


@action("mails.release")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """All mail is let go: what is fresh by itself, what waited longer than a day row by row, by a tick."""
    look = Look.of(request)
    if request.method == "POST":
        also = [int(key) for key in request.POST.getlist("also") if key.isdigit() and len(key) < 19]
        behind = operations.release_all_mail(by=look.user, at=look.now, also=also)
        messages.success(request, _("Mail leaves from now on."))
        if behind:
            told = ngettext("%(n)s old mail stays on hold.", "%(n)s old mails stay on hold.", behind)
            messages.warning(request, told % {"n": behind})
        return HttpResponseRedirect(MailPage.address())
    queued = _queued(look).order_by("queued_at", "pk")
    old = queued.filter(queued_at__lt=look.now - _STALE)
    context: dict[str, Any] = {
        "look": look,
        "why": held_because(),
        "fresh": queued.filter(queued_at__gte=look.now - _STALE, on_hold=False).count(),
        "old": old[:SHOWN],
        "old_count": old.count(),
    }
    return TemplateResponse(request, "mail_pages/release.html", context)


@action("mails.release")
@require_POST
def hold_all(request: HttpRequest) -> HttpResponse:
    """Nothing leaves any more, also what a sweep has just begun with."""
    look = Look.of(request)
    operations.hold_all_mail(by=look.user, at=look.now)
    messages.success(request, _("All mail is on hold."))
    return HttpResponseRedirect(reverse("mail_release"))
