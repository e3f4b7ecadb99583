"""The company's logo: taken in as any picture, kept as one that pages and papers can carry."""

import base64
import warnings
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, UnidentifiedImageError

from base.chatter import content
from base.company.models import Company
from base.lib.errors import Refused
from base.lib.text import clean

#: Width and height in pixels that are enough for the head of a paper (45 by 12 mm) in print.
_ENOUGH = (1080, 288)
_FORMATS = ("PNG", "JPEG")


def keep_logo(us: Company, upload: "File[bytes]") -> str:
    """Store an uploaded PNG or JPEG as a PNG of the size papers need; the name it is stored by.

    Raises `Refused` for what is no picture, or one that cannot be read to its end.
    """
    try:
        content.check(clean(upload.name or ""), upload)
    except Refused as refusal:
        # Of the kinds that may be attached elsewhere only pictures are of any use here.
        message = _no_logo() if refusal.code == "kind" else refusal.message
        raise Refused(message, field="logo", code=refusal.code) from refusal
    upload.seek(0)
    small = BytesIO()
    # WeasyPrint, once loaded, takes torn pictures for whole ones; those of our papers come from here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # A few bytes that unpack to a giant picture.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=_FORMATS) as picture:
                picture.thumbnail(_ENOUGH)
                picture.convert("RGBA").save(small, "PNG", optimize=True)
    except UnidentifiedImageError as problem:
        raise Refused(_no_logo(), field="logo", code="kind") from problem
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Refused(_("This picture cannot be read."), field="logo", code="unreadable") from problem
    return us.logo.storage.save(us.logo.field.generate_filename(us, "logo.png"), ContentFile(small.getvalue()))


def _no_logo() -> str:
    return _("A logo is a PNG or JPEG picture.")


def logo_uri(us: Company) -> str:
    """The logo as a `data:` address, so that a page to be printed holds all it shows; empty without a logo."""
    if not us.logo or not us.logo.storage.exists(str(us.logo.name)):
        return ""
    return _read(us.logo.path)


@lru_cache(maxsize=1)
def _read(path: str) -> str:
    """Read once: another logo is another file."""
    return f"data:image/png;base64,{base64.b64encode(Path(path).read_bytes()).decode()}"
