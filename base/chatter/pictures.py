"""Pictures from outside, taken in as what we need of them: read to their end, upright, small, and nothing beside."""

import warnings
from io import BytesIO
from typing import Literal

from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from base.chatter import content
from base.lib.errors import Refused
from base.lib.text import clean

#: Looked at before a picture is unpacked: a phone's photo has 12 to 50 million, each takes up to four bytes.
MAX_PIXELS = 50_000_000


def reduced(
    upload: "File[bytes]", enough: tuple[int, int], *, formats: tuple[str, ...], to: Literal["PNG", "JPEG"], field: str
) -> bytes:
    """The picture, no larger than `enough` pixels, without what a phone writes into it (place, time, device).

    Raises `Refused` for what is no picture of these formats (`kind`), one that is not what its name says (`content`),
    one of more than 50 million pixels (`pixels`), or one that cannot be read to its end (`unreadable`).
    """
    try:
        content.check(clean(upload.name or ""), upload)
    except Refused as refusal:
        raise Refused(refusal.message, field=field, code=refusal.code) from refusal
    upload.seek(0)
    small = BytesIO()
    # WeasyPrint, once loaded, takes torn pictures for whole ones; those of our papers come from here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # A few bytes that unpack to a giant picture.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=formats) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Image.DecompressionBombError(picture.size)
                picture.draft("RGB", enough)
                # Shrunk before it is turned: a turned copy of the whole would take its memory twice.
                picture.thumbnail((max(enough), max(enough)))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail(enough)
                upright.convert("RGB" if to == "JPEG" else "RGBA").save(small, to, optimize=True, quality=82, exif=b"")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        text = _("The picture has more than %(n)s million pixels. Make it smaller, and try again.")
        raise Refused(text % {"n": MAX_PIXELS // 10**6}, field=field, code="pixels") from problem
    except UnidentifiedImageError as problem:
        raise Refused(_("Take a PNG or JPEG picture."), field=field, code="kind") from problem
    except (OSError, SyntaxError, ValueError, MemoryError) as problem:
        raise Refused(_("This picture cannot be read."), field=field, code="unreadable") from problem
    return small.getvalue()
