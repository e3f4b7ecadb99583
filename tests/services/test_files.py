"""The same content stored and removed at once, on PostgreSQL."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from base.chatter.files import add_attachment, remove_attachment
from base.chatter.models import Attachment
from base.company.queries import company
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_record_is_ever_left_without_its_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def job():
        for _ in range(15):
            upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7 the same")
            attachment = add_attachment(target=company(), upload=upload, by=None, at=timezone.now())
            assert attachment.matches_hash()
            remove_attachment(attachment=attachment, by=None, at=timezone.now())

    at_once(*[job] * 4)
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
