"""The list as a file to take away: at once while it is short, by a job once it is long."""

import io

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from base.jobs.run import mime_of
from base.ui import registry
from base.ui.jobs import WRITERS, ask_export, file_name
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import AnyPage

#: Rows that are written while the person waits: well under two seconds.
AT_ONCE = 2000


@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, *, page: type[AnyPage], kind: str) -> HttpResponse | FileResponse:
    """The rows and columns the list shows in the state of its URL, all pages of it.

    A long one is asked for by POST, and made by a job; a GET says so and asks.
    """
    look = Look.of(request)
    listing = Listing(page, request.GET, look)
    if listing.ordered[: AT_ONCE + 1].count() <= AT_ONCE:
        content = io.BytesIO(WRITERS[kind](listing))
        name = file_name(listing, kind)
        return FileResponse(content, as_attachment=True, filename=name, content_type=mime_of(name))
    if request.method == "POST":
        return HttpResponseRedirect(registry.address(ask_export(listing, kind), look))
    context = {"heading": page.heading(), "back": f"{page.address()}?{listing.query}", "limit": AT_ONCE}
    return TemplateResponse(request, "ui/export.html", context)
