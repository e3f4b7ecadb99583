"""A signature drawn with a finger or a mouse, as a picture that is kept like any other file."""

import base64
import binascii
from io import BytesIO
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.forms.renderers import BaseRenderer
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

_HEAD = "data:image/png;base64,"
#: A drawn line is small: whatever is larger was not drawn here.
_MAX_BYTES, _MAX_SIDE = 400_000, 4000
#: And whatever is smaller, or wholly transparent, is no name.
_MIN_SIDE = 20


class SignatureInput(forms.HiddenInput):
    """A surface to draw on (`static/js/sign.js`); the picture travels in a hidden input."""

    # Shown with its label like any other input, though what is sent is hidden.
    is_hidden = False

    def render(
        self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        hidden = super().render(name, value if str(value or "").startswith(_HEAD) else "", attrs, renderer)
        return format_html(
            '<div class="signature" data-signature>{}<canvas role="img" aria-label="{}"></canvas>'
            '<button type="button" class="btn btn-sm" data-clear>{}</button></div>',
            hidden,
            _("Surface to sign on"),
            _("Clear"),
        )


class SignatureField(forms.CharField):
    """Cleaned to the PNG as a file named `signature.png`, or None when nothing was drawn."""

    widget = SignatureInput

    def clean(self, value: object) -> "ContentFile[bytes] | None":
        text = super().clean(value)
        if not text:
            return None
        if not text.startswith(_HEAD) or len(text) > _MAX_BYTES:
            raise forms.ValidationError(_("The signature could not be read. Clear it and sign again."))
        try:
            data = base64.b64decode(text.removeprefix(_HEAD), validate=True)
            with Image.open(BytesIO(data), formats=["PNG"]) as picture:
                if max(picture.size) > _MAX_SIDE:
                    raise ValueError(picture.size)
                picture.load()
                drawn = picture.convert("RGBA").getchannel("A").getextrema()[1]
                if not drawn or min(picture.size) < _MIN_SIDE:
                    raise ValueError("nothing was drawn")
        except (
            binascii.Error,
            UnidentifiedImageError,
            Image.DecompressionBombError,
            ValueError,
            OSError,
            SyntaxError,
        ) as problem:
            raise forms.ValidationError(_("The signature could not be read. Clear it and sign again.")) from problem
        return ContentFile(data, name="signature.png")
