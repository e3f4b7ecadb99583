"""The list as a file to take away."""

import io

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from base.ui.export import csv_bytes, xlsx_bytes
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import AnyPage

_KINDS = {
    "xlsx": (xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (csv_bytes, "text/csv; charset=utf-8"),
}


@require_safe
def download(request: HttpRequest, *, page: type[AnyPage], kind: str) -> FileResponse:
    """The rows and columns the list shows in the state of its URL, all pages of it."""
    look = Look.of(request)
    written, mime = _KINDS[kind]
    name = f"{page.heading()} {look.today.isoformat()}.{kind}"
    return FileResponse(
        io.BytesIO(written(Listing(page, request.GET, look))), as_attachment=True, filename=name, content_type=mime
    )
