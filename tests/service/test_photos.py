"""Photos of findings: taken in small and upright, printed in the report, nothing of the phone kept."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from base.chatter.models import Attachment
from base.lib.errors import Refused
from service.checks import findings
from service.checks.enums import Grade
from service.documents.builders.inspections import inspection_report
from tests.chain import AT, accepted
from tests.pictures import drawn
from warranty.models import Inspection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
GIVEN = {"grade": Grade.SERIOUS, "text": "UPS is old", "advice": "Replace it"}


@pytest.fixture
def inspection(engineer):
    return Inspection.objects.filter(action__contract=accepted(engineer=engineer)).order_by("window_first")[1]


@pytest.fixture
def written(inspection, engineer):
    def write(*photos, **more):
        return findings.write_finding(inspection=inspection, values=GIVEN, photos=photos, by=engineer, at=AT, **more)

    return write


def photo(name="IMG_0001.jpg", data=None):
    return ContentFile(data or drawn(3000, 2000, "JPEG"), name=name)


def from_a_phone():
    """Held upright, which only a tag tells, with the place it was taken at."""
    picture, data = Image.new("RGB", (400, 200), "red"), BytesIO()
    exif = picture.getexif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "A phone"
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


def test_a_photo_is_kept_small_upright_and_without_what_a_phone_tells(written):
    finding = written(photo(), photo(data=from_a_phone()))
    large, upright = Attachment.objects.order_by("pk")
    assert (large.name, large.label, large.mime, large.target) == ("photo-1-1.jpg", "photo", "image/jpeg", finding)
    with large.file.open() as file, Image.open(file) as picture:
        assert picture.size == (1600, 1067)
    with upright.file.open() as file, Image.open(file) as picture:
        assert picture.size == (200, 400)
        assert not dict(picture.getexif())


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (("x.pdf", b"%PDF-1.4\n%%EOF\n"), "kind"),
        (("x.jpg", b"no picture"), "content"),
        (("x.jpg", drawn(300, 300, "JPEG")[:200]), "unreadable"),
    ],
)
def test_what_is_no_photo_stores_nothing(written, upload, code):
    name, data = upload
    with pytest.raises(Refused) as no:
        written(photo(), photo(name, data))
    assert (no.value.field, no.value.code) == ("photos", code)
    assert not findings.Finding.objects.exists()
    assert not Attachment.objects.exists()


def test_six_at_most_and_one_that_goes_makes_room(written, engineer):
    finding = written(*[photo(data=drawn(20 + n, 20, "JPEG")) for n in range(6)])
    with pytest.raises(Refused) as no:
        written(photo(), finding=finding)
    assert no.value.code == "many"
    first = Attachment.objects.order_by("pk")[0]
    written(photo(), finding=finding, gone=[first])
    assert len(findings.photos_of([finding])[finding.pk]) == 6
    assert not Attachment.objects.filter(pk=first.pk).exists()


def test_the_report_prints_them(written, inspection):
    _key, _name, plain, _target = inspection_report(inspection.pk)
    written(photo())
    _key, _name, data, _target = inspection_report(inspection.pk)
    assert plain.count(b"/Subtype /Image") < data.count(b"/Subtype /Image")
