import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from base.chatter.files import file_response
from base.chatter.models import Event
from base.company.queries import company
from base.documents import registry as papers
from base.documents.models import Document
from base.documents.registry import document_for, register_paper, store_document
from tests.base.mail.conftest import AT

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 first"


def store(data=PDF, key="quote:7:1", name="报价单 BJ-2026-0001.pdf"):
    return store_document(key=key, name=name, data=data, target=company(), at=AT)


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(papers, "_papers", {})


def test_a_paper_is_stored_with_its_hash_and_event():
    document = store()
    assert (document.size, document.mime, document.at) == (len(PDF), "application/pdf", AT)
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    assert Path(document.file.path).read_bytes() == PDF
    event = Event.objects.get()
    assert (event.verb, event.target, event.changes) == ("paper_stored", company(), {"document": [None, document.name]})


def test_a_second_paper_of_the_same_key_is_the_first(tmp_path):
    first = store()
    again = store(b"%PDF-1.7 second", name="another.pdf")
    assert again == first
    assert Path(again.file.path).read_bytes() == PDF
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == Event.objects.count() == 1


def test_a_stored_paper_never_changes():
    document = store()
    document.name = "another.pdf"
    with pytest.raises(TypeError, match="never change"):
        document.save()
    with pytest.raises(TypeError, match="never change"):
        document.delete()
    with pytest.raises(TypeError, match="never change"):
        Document.objects.update(name="another.pdf")
    with pytest.raises(TypeError, match="never change"):
        Document.objects.all().delete()


def test_a_paper_is_rendered_for_each_asking_unless_its_key_is_known(registry):
    rendered = []

    def render(record_id):
        rendered.append(record_id)
        return f"quote:{record_id}:1", "a.pdf", PDF, company()

    register_paper("plain", render)
    register_paper("keyed", render, key=lambda record_id: f"quote:{record_id}:1")
    first = document_for("plain", 7, at=AT)
    assert document_for("plain", 7, at=AT + timedelta(days=1)) == first
    assert document_for("keyed", 7, at=AT) == first
    assert document_for("keyed", 8, at=AT) != first
    assert rendered == [7, 7, 8]


def test_a_paper_nobody_registered_is_a_mistake(registry):
    with pytest.raises(KeyError):
        document_for("nothing", 1, at=AT)


def test_a_paper_is_given_out_as_a_file(registry):
    response = file_response(store())
    assert b"".join(response.streaming_content) == PDF
    response.close()
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''%E6%8A%A5")
