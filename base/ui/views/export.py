"""The list as a file to take away."""

import tempfile
from datetime import date
from pathlib import Path

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from base.ui.export import write_csv, write_xlsx
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import ModelPage

_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@require_safe
def download(request: HttpRequest, *, page: type[ModelPage], kind: str) -> FileResponse:
    """Written to a file that has no name, so that it is gone however the download ends."""
    look = Look.of(request)
    listing = Listing(page, request.GET, look)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{kind}"
        if kind == "xlsx":
            write_xlsx(listing, path)
        else:
            with path.open("w", encoding="utf-8", newline="") as out:
                write_csv(listing, out)
        opened = path.open("rb")
    return FileResponse(opened, as_attachment=True, filename=_name(page, look.today, kind), content_type=_TYPES[kind])


def _name(page: type[ModelPage], today: date, kind: str) -> str:
    return f"{page.heading()} {today.isoformat()}.{kind}"
