"""A mail as a page, and its papers."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.chatter.files import file_response
from base.company.logo import logo_uri
from base.company.queries import company
from base.documents import registry
from base.mail.mime import Letterhead, html_part
from base.mail.models import OutgoingMail
from base.mail.pages.mails import READ, MailPage
from base.mail.texts import button_of
from base.ui.look import Look
from base.ui.paths import attached
from base.ui.record import record_or_404


@action(READ)
@xframe_options_sameorigin
@require_safe
def as_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as the reader gets it, links masked, for a frame that runs nothing."""
    mail = record_or_404(MailPage, Look.of(request), pk)
    letterhead = letterhead_on_screen(mail)
    button = button_of(mail.kind, mail.language)
    return mail_frame(html_part(mail.subject, attached(mail, "wording"), mail.language, letterhead, button=button))


def letterhead_on_screen(mail: OutgoingMail) -> Letterhead:
    """The letterhead as our own pages show it."""
    ours = company()
    return Letterhead(mail.variables.get("company") or ours.sender_name or ours.name, logo_uri(ours))


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
