"""What is drawn on the signing surface comes back as a picture, and nothing else does."""

import base64
from io import BytesIO

import pytest
from django import forms
from PIL import Image

from base.ui.forms import MoveForm
from base.ui.signature import SignatureField


class SignForm(MoveForm):
    signature = SignatureField(label="signature", required=False)


def drawn(size=(300, 90), colour="navy"):
    out = BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def test_a_drawing_is_a_picture():
    form = SignForm({"signature": drawn()})
    assert form.is_valid()
    file = form.cleaned_data["signature"]
    assert file.name == "signature.png"
    assert Image.open(file).size == (300, 90)


def test_nothing_drawn_is_none_unless_it_must_be():
    form = SignForm({"signature": ""})
    assert form.is_valid()
    assert form.cleaned_data["signature"] is None
    with pytest.raises(forms.ValidationError):
        SignatureField().clean("")


@pytest.mark.parametrize(
    "text",
    ["x", "data:image/png;base64,####", "data:image/png;base64,aGVsbG8=", "data:image/svg+xml;base64,aGVsbG8=",
     drawn()[:200], drawn((9000, 10)), drawn((1, 1)), drawn(colour=(0, 0, 0, 0)), "data:image/png;base64," + "A" * 500_000],
)  # fmt: skip
def test_what_was_not_drawn_here_is_refused(text):
    assert not SignForm({"signature": text}).is_valid()


def test_a_refused_form_keeps_what_was_drawn():
    shown = str(SignForm({"signature": drawn()})["signature"])
    assert "data-signature" in shown
    assert drawn() in shown
    assert "evil" not in str(SignForm({"signature": "evil"})["signature"])
