"""A colleague's records are not there: not by their address, not under one's own, not in a form, not on any page."""

import io
import json

import openpyxl
import pytest
from django import forms
from django.test import Client
from django.urls import resolve, reverse
from pypdf import PdfReader

from base.accounts.access import may
from base.accounts.models import Role, User
from base.chatter.models import Attachment, Todo
from base.documents.models import Document
from base.ui.look import Look
from base.ui.models import SavedFilter
from base.ui.page import PAGES
from base.ui.views.edit import form_for
from contracts.models import Contact, Contract, Customer, InvoiceTitle
from tests.access.answers import LOG_IN, contents, told
from tests.access.doors import doors
from warranty.models import Inspection

pytestmark = pytest.mark.django_db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def words(response):
    """All that can be read in an answer: page, data, workbook or PDF."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    if kind == "application/pdf" and data.rstrip().endswith(b"%%EOF") and len(data) > 1000:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    if kind == "application/json":
        return json.dumps(json.loads(data), ensure_ascii=False)
    return data.decode("utf-8", "replace")


def is_foreign(door, side):
    return door.record is not None and door.record.pk in side.rows.get(type(door.record), ())


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ENGINEER])
def test_every_address_of_a_foreign_record_leads_nowhere(world, enter, role):
    user = world.people[role]
    client, before = enter(user), contents()
    wrong, tried = {}, set()
    for door in doors(world.theirs, user):
        # A to-do in the bell's list has no page of its own: it says that it is gone.
        if is_foreign(door, world.theirs) and door.pattern.name != "todo_done":
            expected = {404, 405} if may(user, door.needs) else {403}
            found = set()
            for method in ("get", "post"):
                status = getattr(client, method)(door.path, {"asked": "1", "confirmed": "1"}).status_code
                found.add(status)
                if status not in expected:
                    wrong[f"{method} {door}"] = status
            if 404 in found:
                tried.add(type(door.record))

    assert not wrong, told(wrong)
    assert contents() == before
    assert tried >= {Contract, Customer, Inspection}


def test_what_hangs_on_a_foreign_record_is_not_found_under_an_own_one(world, enter):
    """Every file, paper, to-do and part there is, asked for under every kind of record of one's own."""
    client, before = enter(world.people[Role.MANAGER]), contents()
    wrong, tried = {}, 0
    for door in doors(world.ours, world.people[Role.MANAGER]):
        for what, model in {"todo": Todo, "file": Attachment, "document": Document, "part": None}.items():
            if "pk" in door.pattern.wants and what in door.pattern.wants:
                kwargs = dict(resolve(door.path).kwargs)
                keys = sorted(world.theirs.rows[model or {"contacts": Contact, "titles": InvoiceTitle}[kwargs["kind"]]])
                for pk in {*keys[:3], *keys[-3:]}:
                    path = reverse(door.pattern.name, kwargs={**kwargs, what: pk})
                    for method in ("get", "post"):
                        response = getattr(client, method)(path, {"asked": "1"})
                        tried += 1
                        if response.status_code not in (404, 405, 409):
                            wrong[f"{method} {path}"] = response.status_code

    assert not wrong, told(wrong)
    assert contents() == before
    assert tried > 50


def test_a_colleagues_todos_cannot_be_ticked(world, enter):
    theirs = world.theirs.of(Todo).filter(assignee=world.theirs.manager, done_at=None)
    client = enter(world.people[Role.MANAGER])

    assert theirs
    for todo in theirs:
        client.post(reverse("todo_done", args=[todo.pk]))
    assert not Todo.objects.filter(pk__in=theirs.values("pk"), done_at__isnull=False).exists()


def test_a_colleagues_favourites_are_their_own(world, enter):
    client = enter(world.people[Role.MANAGER])
    for found in SavedFilter.objects.filter(owner=world.theirs.manager):
        assert client.post(reverse(f"{found.page}:drop", args=[found.pk])).status_code in (403, 404)
    assert SavedFilter.objects.filter(owner=world.theirs.manager).count() > 1


def test_bulk_moves_leave_foreign_rows_alone(world, enter):
    """Their ids in the form, alone and among one's own, with every bulk move there is."""
    client, before = enter(world.people[Role.MANAGER]), contents()
    tried = 0
    for page in PAGES.values():
        foreign = sorted(world.theirs.rows.get(page.model, ()))
        for move in page.all_bulk() if foreign else ():
            path = reverse(f"{page.slug}:bulk", args=[move.name])
            client.post(path, {"id": foreign, "asked": "1", "confirmed": "1", "reason": "x", "file_format": "csv"})
            tried += 1

    assert tried
    assert contents() == before


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ENGINEER])
def test_no_form_offers_or_takes_a_foreign_record(world, rf, role):
    """Neither the record's own form nor a move's has a colleague's record among its choices."""
    user = world.people[role]
    request = rf.get("/")
    request.user = user
    look = Look.of(request)
    wrong, tried = {}, 0
    for page in PAGES.values():
        record = page.all_rows(user).order_by("pk").first()
        forms_of = {"edit": form_for(page, record or page.model(), look, request)} if page.form else {}
        for move in page.all_moves() if record else ():
            if move.form and look.may(move.action):
                forms_of[move.name] = move.form(record=record, look=look)
        for name, form in forms_of.items():
            for field in form.fields.values():
                if isinstance(field, forms.ModelChoiceField) and field.queryset.model is not User:
                    tried += 1
                    foreign = field.queryset.filter(pk__in=world.theirs.rows.get(field.queryset.model, ()))
                    if foreign.exists():
                        wrong[f"{page.slug} {name} {field.label}"] = list(foreign)

    assert not wrong, told(wrong)
    assert tried or role == Role.ENGINEER


def test_a_new_contract_is_not_made_for_a_foreign_customer(world, enter):
    """Whoever could would see the customer with all contacts and titles from then on."""
    client = enter(world.people[Role.MANAGER])
    foreign = world.theirs.of(Customer).get()

    assert world.theirs.mark not in words(client.get("/contracts/new/", {"customer": foreign.pk}))
    response = client.post(
        "/contracts/new/",
        {"number": "HT-9", "customer": foreign.pk, "status": "active", "project": "x", "amount_0": "5", "amount_1": "CNY",
         "signed_on": "2026-01-01", "free_months": "12", "inspections_per_year": "2", "cap_rate": "20",
         "renewal_mode": "auto", "renewal_months": "12"},
    )  # fmt: skip
    assert response.status_code == 422
    assert not Contract.objects.filter(number="HT-9").exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ENGINEER])
def test_no_page_shows_a_word_of_a_colleagues_records(world, enter, role):
    """Every page, sheet, tab, export, paper and search result this person can open, read from end to end."""
    user = world.people[role]
    client = enter(user)
    shown, own = {}, 0
    for door in doors(world.ours, user):
        if may(user, door.needs) and not door.pattern.name.startswith("account_"):
            text = words(
                client.get(door.path, {"start": "2026-01-01", "end": "2026-03-31"} if "feed" in door.path else {})
            )
            own += world.ours.mark in text
            if world.theirs.mark.lower() in text.lower():
                shown[str(door)] = _around(text, world.theirs.mark)
    for query in (world.theirs.mark[:3], "example.org", "dispatching", "1-"):
        text = words(client.get("/search/", {"q": query}, headers={"HX-Request": "true"}))
        if world.theirs.mark in text:
            shown[f"search {query}"] = _around(text, world.theirs.mark)

    assert not shown, told(shown)
    assert own > 20


def _around(text, mark):
    place = text.lower().index(mark.lower())
    return " ".join(text[max(place - 80, 0) : place + 60].split())


def test_lists_cannot_be_asked_for_foreign_rows(world, enter):
    """Neither a filter on a foreign record nor an export of one finds anything."""
    client = enter(world.people[Role.MANAGER])
    contract = world.theirs.of(Contract).first()
    customer = world.theirs.of(Customer).get()
    for path in ("/quotes/", "/invoices/", "/plan/", "/terms/", "/quotes/export.csv", "/contracts/export.csv"):
        for query in ({"contract": contract.pk}, {"customer": customer.pk}, {"q": world.theirs.mark}):
            text = words(client.get(path, query))
            assert "-Zebra" not in text, (path, query)


def test_a_deputy_sees_what_the_other_one_sees_and_no_longer_than_that(world, enter):
    manager, client = world.people[Role.MANAGER], enter(world.people[Role.MANAGER])
    contract = world.theirs.of(Contract).first()
    User.objects.filter(pk=world.theirs.manager.pk).update(deputy=manager)
    assert client.get(f"/contracts/{contract.pk}/").status_code == 200
    User.objects.filter(pk=world.theirs.manager.pk).update(deputy=None)
    assert client.get(f"/contracts/{contract.pk}/").status_code == 404


def test_a_contract_handed_over_is_gone_at_once(world, enter):
    client = enter(world.people[Role.MANAGER])
    contract = world.ours.of(Contract).first()
    assert client.get(f"/contracts/{contract.pk}/").status_code == 200
    Contract.objects.filter(pk=contract.pk).update(manager=world.theirs.manager)
    assert client.get(f"/contracts/{contract.pk}/").status_code == 404
    assert client.post(f"/contracts/{contract.pk}/message/", {"text": "still here"}).status_code == 404


def test_stored_files_have_no_address_of_their_own(world):
    """What is stored is given out through its record, and never as a file of the web server."""
    names = [each.file.name for each in (*Attachment.objects.all()[:2], *Document.objects.all()[:2])]
    for name in names:
        for prefix in ("/", "/media/", "/files/", "/static/", "/var/files/"):
            response = Client().get(f"{prefix}{name}")
            assert response.status_code == 404 or response.headers.get("Location", "").startswith(LOG_IN)
