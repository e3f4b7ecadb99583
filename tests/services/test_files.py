"""The same content, and the same paper, stored at once on PostgreSQL."""

from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from base.chatter.files import add_attachment, remove_attachment
from base.chatter.models import Attachment
from base.company.queries import company
from base.documents.models import Document
from base.documents.registry import store_document
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


def test_of_workers_that_store_the_same_paper_one_wins_and_the_others_leave_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    start = Barrier(4)

    def job(number):
        start.wait()
        data = b"%PDF-1.7 " + bytes([number])
        return store_document(key="quote:1", name="a.pdf", data=data, target=company(), at=timezone.now())

    stored = at_once(*[lambda number=number: job(number) for number in range(4)])
    assert stored == [Document.objects.get()] * 4
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [stored[0].file.read()]
    for document in stored:
        document.file.close()
