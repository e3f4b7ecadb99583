"""The company's logo: taken in as any picture, kept as one that pages and papers can carry."""

import base64
from functools import lru_cache
from pathlib import Path

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from base.chatter.pictures import reduced
from base.company.models import Company
from base.lib.errors import Refused

#: Width and height in pixels that are enough for the head of a paper (45 by 12 mm) in print.
_ENOUGH = (1080, 288)
_FORMATS = ("PNG", "JPEG")


def keep_logo(our_company: Company, upload: "File[bytes]") -> str:
    """Store an uploaded PNG or JPEG as a PNG of the size papers need; the name it is stored by.

    Raises `Refused` for what is no picture, or one that cannot be read to its end.
    """
    try:
        small = reduced(upload, _ENOUGH, formats=_FORMATS, to="PNG", field="logo")
    except Refused as refusal:
        # Of the kinds that may be attached elsewhere only pictures are of any use here.
        message = _no_logo() if refusal.code == "kind" else refusal.message
        raise Refused(message, field="logo", code=refusal.code) from refusal
    return our_company.logo.storage.save(
        our_company.logo.field.generate_filename(our_company, "logo.png"), ContentFile(small)
    )


def _no_logo() -> str:
    return _("A logo is a PNG or JPEG picture.")


def logo_uri(our_company: Company) -> str:
    """The logo as a `data:` address, so that a page to be printed holds all it shows; empty without a logo."""
    if not our_company.logo or not our_company.logo.storage.exists(str(our_company.logo.name)):
        return ""
    return _read(our_company.logo.path)


def logo_bytes(our_company: Company) -> bytes:
    """The logo as a PNG to be sent along; nothing without a logo."""
    return base64.b64decode(logo_uri(our_company).partition(",")[2])


@lru_cache(maxsize=1)
def _read(path: str) -> str:
    """Read once: another logo is another file."""
    return f"data:image/png;base64,{base64.b64encode(Path(path).read_bytes()).decode()}"
