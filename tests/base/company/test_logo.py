"""Whatever picture comes in: papers get one that they can carry, or the administrator a reason."""

import base64
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from base.company.logo import keep_logo, logo_uri
from base.company.queries import company
from base.lib.errors import Refused
from tests.pictures import drawn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(data: bytes, name: str = "logo.png"):
    us = company()
    us.logo = keep_logo(us, SimpleUploadedFile(name, data))
    return us


@pytest.mark.parametrize(("name", "kind"), [("标志.jpg", "JPEG"), ("logo.png", "PNG")])
def test_a_large_picture_becomes_one_that_papers_can_carry(name, kind):
    us = kept(drawn(4000, 1000, kind), name)
    head, data = logo_uri(us).split(",")

    assert head == "data:image/png;base64"
    with Image.open(BytesIO(base64.b64decode(data))) as picture:
        assert (picture.format, picture.size) == ("PNG", (1080, 270))


def test_a_small_one_is_not_blown_up():
    us = kept(drawn(40, 30))
    with Image.open(us.logo.path) as picture:
        assert picture.size == (40, 30)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (drawn(300, 300)[:200], "cut.png", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(32), "hollow.png", "kind"),
        (drawn(20, 20, "GIF"), "moving.gif", "kind"),
        (drawn(9500, 9500), "bomb.png", "pixels"),
        (b"%PDF-1.7", "logo.pdf", "kind"),
        (b"<svg/>", "logo.svg", "kind"),
        (b"<svg/>", "logo.png", "content"),
    ],
)
def test_what_is_no_picture_is_refused_with_nothing_stored(files, data, name, code, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(Refused) as refusal:
        kept(data, name)
    assert (refusal.value.field, refusal.value.code) == ("logo", code)
    if code == "kind":
        assert refusal.value.message == "A logo is a PNG or JPEG picture."
    assert list(files.iterdir()) == []


def test_a_lost_file_leaves_a_paper_without_logo():
    us = kept(drawn(40, 30))
    us.logo.storage.delete(us.logo.name)
    assert logo_uri(us) == ""
