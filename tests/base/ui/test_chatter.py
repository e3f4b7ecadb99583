from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Attachment, Event, Message, Todo
from base.mail.models import OutgoingMail
from contracts.models import Contract
from tests.factories import ContractFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def on(contract):
    return {"target_type": ContentType.objects.get_for_model(Contract), "target_id": contract.pk}


def entries(client, contract):
    return client.get(f"/probe/{contract.pk}/").context["thread"].entries


def test_a_message_is_kept_and_shown_as_text(director):
    contract = ContractFactory()

    response = director.post(f"/probe/{contract.pk}/message/", {"text": "Call <b>them</b>\nsoon"}, headers=HTMX)

    assert Message.objects.get().text == "Call <b>them</b>\nsoon"
    assert b"Call &lt;b&gt;them&lt;/b&gt;<br>soon" in response.content
    assert b"<html" not in response.content


def test_without_htmx_one_comes_back_to_the_sheet(director):
    contract = ContractFactory()

    response = director.post(f"/probe/{contract.pk}/message/", {"text": "x"})

    assert response["Location"] == f"/probe/{contract.pk}/#chatter"


def test_an_empty_message_is_refused(director):
    response = director.post(f"/probe/{ContractFactory().pk}/message/", {"text": "  "}, headers=HTMX)

    assert response.status_code == 409
    assert b"Write something first." in response.content


def test_events_messages_and_mails_are_one_thread_newest_first(director):
    contract = ContractFactory()
    Event.objects.create(**on(contract), verb="changed", at=AT, by=director.user, changes={"project": ["Old", ""]})
    Message.objects.create(**on(contract), text="hello", at=AT + timedelta(hours=1), by=director.user)
    OutgoingMail.objects.create(
        **on(contract),
        cause="c",
        kind="k",
        language="en",
        to_email="a@example.com",
        subject="Quote",
        queued_at=AT + timedelta(hours=2),
    )
    Event.objects.create(**on(contract), verb="created", at=AT - timedelta(days=1))

    found = entries(director, contract)

    assert [entry.kind for entry in found] == ["mail", "message", "event", "event"]
    assert [(change.label, change.old, change.new) for change in found[2].changes] == [("Project", "Old", "–")]
    assert found[3].by == "System"


def test_changes_are_worded_for_the_reader(director):
    contract = ContractFactory()
    changes = {
        "amount": ["1000.00 CNY", "2000.50 CNY"],
        "status": ["active", "terminated"],
        "same_day": [False, True],
        "final_acceptance_on": [None, "2026-03-15"],
        "gone_field": ["a", "b"],
    }
    Event.objects.create(**on(contract), verb="changed", at=AT, changes=changes)

    worded = {change.label: (change.old, change.new) for change in entries(director, contract)[0].changes}

    assert worded == {
        "Amount": ("CNY 1,000.00", "CNY 2,000.50"),
        "State": ("active", "terminated"),
        "Acceptance day counts": ("no", "yes"),
        "Final acceptance on": ("–", "2026-03-15"),
        "Gone field": ("a", "b"),
    }


def test_mails_are_for_who_may_see_mails(enter):
    contract = ContractFactory()
    OutgoingMail.objects.create(
        **on(contract),
        cause="c",
        kind="budget_notice",
        language="en",
        to_email="a@example.com",
        subject="Budget",
        queued_at=AT,
    )

    assert [entry.kind for entry in entries(enter("service_manager"), contract)] == []
    assert [entry.kind for entry in entries(enter("auditor"), contract)] == ["mail"]


def test_older_entries_are_fetched_on_request_and_none_is_lost(director):
    contract = ContractFactory()
    for minute in range(45):
        Message.objects.create(**on(contract), text=f"m{minute}", at=AT + timedelta(minutes=minute), by=director.user)

    seen, page = [], director.get(f"/probe/{contract.pk}/").context["thread"]
    while True:
        seen += [entry.text for entry in page.entries]
        if not page.older:
            break
        page = director.get(f"/probe/{contract.pk}/thread/", {"before": page.older}, headers=HTMX).context["thread"]

    assert seen == [f"m{minute}" for minute in reversed(range(45))]


def test_a_to_do_is_given_to_a_colleague_and_ticked_off(director):
    contract, colleague = ContractFactory(), UserFactory(display_name="Chen")

    shown = director.post(
        f"/probe/{contract.pk}/todo/",
        {"text": "Ring them", "due_on": "2020-01-01", "assignee": colleague.pk},
        headers=HTMX,
    )

    todo = Todo.objects.get()
    assert (todo.target, todo.assignee, todo.due_on, todo.made_by) == (
        contract,
        colleague,
        date(2020, 1, 1),
        director.user,
    )
    assert b"Ring them" in shown.content
    assert b"days overdue" in shown.content

    director.post(f"/probe/{contract.pk}/todo/{todo.pk}/done/")
    todo.refresh_from_db()
    assert todo.done_by == director.user


def test_an_incomplete_to_do_comes_back_with_what_was_typed(director):
    response = director.post(f"/probe/{ContractFactory().pk}/todo/", {"text": "Ring them"}, headers=HTMX)

    assert b'value="Ring them"' in response.content
    assert b"This field is required." in response.content
    assert not Todo.objects.exists()


def test_a_to_do_of_another_record_cannot_be_ticked_here(director):
    contract, other = ContractFactory(), ContractFactory()
    todo = Todo.objects.create(**on(other), due_on="2026-01-01", made_at=AT)

    assert director.post(f"/probe/{contract.pk}/todo/{todo.pk}/done/", headers=HTMX).status_code == 409
    assert Todo.objects.get().done_at is None


def test_a_file_is_attached_and_given_out_again(director, enter):
    contract = ContractFactory()

    director.post(f"/probe/{contract.pk}/files/", {"file": SimpleUploadedFile("note.txt", b"words")})

    attachment = Attachment.objects.get()
    response = director.get(f"/probe/{contract.pk}/files/{attachment.pk}/")
    assert b"".join(response.streaming_content) == b"words"
    assert "note.txt" in response["Content-Disposition"]
    other = ContractFactory()
    assert director.get(f"/probe/{other.pk}/files/{attachment.pk}/").status_code == 404
    assert enter("manager").get(f"/probe/{contract.pk}/files/{attachment.pk}/").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_found(director):
    contract = ContractFactory()
    director.post(f"/probe/{contract.pk}/files/", {"file": SimpleUploadedFile("note.txt", b"words")})
    attachment = Attachment.objects.get()
    attachment.file.delete(save=False)

    assert director.get(f"/probe/{contract.pk}/files/{attachment.pk}/").status_code == 404


def test_attaching_nothing_is_refused(director):
    response = director.post(f"/probe/{ContractFactory().pk}/files/", headers=HTMX)

    assert response.status_code == 409
    assert b"Choose a file first." in response.content


def test_who_may_only_look_has_nothing_to_write_with(enter):
    page = enter("auditor").get(f"/probe/{ContractFactory().pk}/").content.decode()

    assert "/files/" not in page
    assert "write-message" not in page
