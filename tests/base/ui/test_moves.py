import pytest
from django.contrib.messages import get_messages

from contracts.models import Contract
from tests.factories import ContractFactory
from tests.html import squeezed

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def status(contract):
    return Contract.objects.values_list("status", flat=True).get(pk=contract.pk)


def test_a_move_without_a_question_is_made_at_once(director):
    contract = ContractFactory(status="draft")

    response = director.post(f"/probe/{contract.pk}/move/activate/?i=3", {"version": 0})

    assert response["Location"] == f"/probe/{contract.pk}/?i=3"
    assert status(contract) == "active"
    assert said(response) == ["Done: Activate."]


def test_a_move_with_a_form_asks_first_and_getting_it_changes_nothing(director):
    contract = ContractFactory()

    asked = director.get(f"/probe/{contract.pk}/move/close/", headers=HTMX)
    posted_without_answer = director.post(f"/probe/{contract.pk}/move/close/", headers=HTMX)

    assert b"<html" not in asked.content
    assert b'name="on"' in asked.content
    assert b'name="on"' in posted_without_answer.content
    assert status(contract) == "active"


def test_an_answered_move_is_made_and_the_page_is_loaded_anew(director):
    contract = ContractFactory()

    response = director.post(f"/probe/{contract.pk}/move/close/", {"asked": 1, "on": "2026-11-22"}, headers=HTMX)

    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
    assert status(contract) == "terminated"


def test_mistakes_and_refusals_come_back_in_the_dialogue(director):
    contract, stubborn = ContractFactory(), ContractFactory(project="stubborn")

    mistaken = director.post(f"/probe/{contract.pk}/move/close/", {"asked": 1, "on": "x"}, headers=HTMX)
    refused = director.post(f"/probe/{stubborn.pk}/move/close/", {"asked": 1, "on": "2026-11-22"}, headers=HTMX)

    assert mistaken.status_code == refused.status_code == 422
    assert b"Enter a valid date." in mistaken.content
    assert b"This one does not close." in refused.content
    assert refused.context["form"].errors["on"]


def test_a_move_on_an_old_version_is_refused_with_its_reason(director):
    contract = ContractFactory(status="draft", version=4)

    response = director.post(
        f"/probe/{contract.pk}/move/activate/", {"version": 3}, headers={"Referer": "http://testserver/probe/"}
    )

    assert response["Location"] == "http://testserver/probe/"
    assert said(response) == ["Somebody else changed this record meanwhile. Look at it again, then repeat your change."]
    assert status(contract) == "draft"


@pytest.mark.parametrize(("state", "reason"), [("draft", "Only active ones."), ("terminated", "no longer possible")])
def test_a_move_that_is_shut_says_so(director, state, reason):
    contract = ContractFactory(status=state)

    plain = director.get(f"/probe/{contract.pk}/move/close/")
    htmx = director.post(f"/probe/{contract.pk}/move/close/", {"asked": 1, "on": "2026-11-22"}, headers=HTMX)

    assert plain.status_code == htmx.status_code == 409
    assert reason in plain.content.decode()
    assert reason in htmx.content.decode()
    assert htmx["HX-Retarget"] == "#messages"
    assert status(contract) == state


def test_a_move_takes_its_own_right(enter):
    contract = ContractFactory()
    finance = enter("finance")

    assert finance.get(f"/probe/{contract.pk}/move/close/").status_code == 403
    assert finance.post(f"/probe/{contract.pk}/move/close/", {"asked": 1, "on": "2026-11-22"}).status_code == 403
    assert finance.get(f"/probe/{contract.pk}/move/nothing/").status_code == 404
    assert status(contract) == "active"


def test_a_preview_is_shown_before_anything_happens(director):
    contract = ContractFactory()
    answer = {"asked": 1, "on": "2026-11-30"}

    shown = director.post(f"/probe/{contract.pk}/move/shown/", answer, headers=HTMX)
    assert b"<b>ends 2026-11-30</b>" in shown.content
    assert status(contract) == "active"

    director.post(f"/probe/{contract.pk}/move/shown/", {**answer, "confirmed": 1}, headers=HTMX)
    assert status(contract) == "terminated"


def test_a_bulk_move_asks_once_does_each_and_tells_what_was_refused(director):
    a, b, stubborn, left = (ContractFactory(project=name) for name in ("a", "b", "stubborn", "left"))
    chosen = {"id": [a.pk, b.pk, stubborn.pk], "query": "sort=number"}

    asked = director.post("/probe/bulk/rename/", chosen, headers=HTMX)
    assert b"Rename them?" in asked.content
    assert f'name="id" value="{stubborn.pk}"' in squeezed(asked)
    response = director.post("/probe/bulk/rename/", {**chosen, "asked": 1})

    assert response["Location"] == "/probe/?sort=number"
    assert set(Contract.objects.filter(project="renamed")) == {a, b}
    assert Contract.objects.get(pk=left.pk).project == "left"
    assert said(response) == ["Rename: 2 rows.", f"{stubborn}: This one keeps its name."]


def test_a_bulk_move_on_all_takes_every_row_of_the_search(director):
    for place in range(3):
        ContractFactory(number=f"HT-{place}", project="a")
    other = ContractFactory(number="XX", project="a")

    director.post("/probe/bulk/rename/", {"all": 1, "query": "q=HT", "asked": 1})

    assert Contract.objects.filter(project="renamed").count() == 3
    assert Contract.objects.get(pk=other.pk).project == "a"


def test_a_bulk_move_passes_over_rows_of_others(enter):
    manager = enter("manager")
    mine, foreign = ContractFactory(manager=manager.user), ContractFactory()

    manager.post("/probe/bulk/rename/", {"id": [mine.pk, foreign.pk, "x", "9" * 30], "asked": 1})

    assert list(Contract.objects.filter(project="renamed")) == [mine]


def test_a_move_leads_to_what_it_made(director):
    contract = ContractFactory(number="HT-1")

    plain = director.post(f"/probe/{contract.pk}/move/copy/")
    made = Contract.objects.get(number="HT-1-2")
    htmx = director.post(f"/probe/{made.pk}/move/copy/", headers=HTMX)

    assert plain["Location"] == f"/contracts/{made.pk}/"
    assert htmx["HX-Redirect"] == f"/contracts/{Contract.objects.get(number='HT-1-2-2').pk}/"


def test_a_bulk_move_of_rows_together_is_made_once(director):
    a, b = ContractFactory(number="A"), ContractFactory(number="B")

    alone = director.post("/probe/bulk/join/", {"id": [a.pk]}, headers=HTMX)
    both = director.post("/probe/bulk/join/", {"id": [a.pk, b.pk]})

    assert (alone.status_code, "Choose two." in alone.content.decode()) == (409, True)
    assert both.status_code == 302
    assert list(Contract.objects.filter(project="A + B")) == [Contract.objects.get(project="A + B")]


def test_a_bulk_move_needs_a_row_and_a_right(director, enter):
    ContractFactory()

    nothing = director.post("/probe/bulk/rename/", {"asked": 1}, headers=HTMX)

    assert nothing.status_code == 409
    assert b"Select at least one row first." in nothing.content
    assert enter("finance").post("/probe/bulk/rename/", {"id": 1}).status_code == 403
    assert director.post("/probe/bulk/nothing/", {"id": 1}).status_code == 404
    assert director.get("/probe/bulk/rename/").status_code == 405


def test_the_board_has_a_column_a_status_and_knows_where_a_card_may_go(director):
    draft, active = ContractFactory(number="D", status="draft"), ContractFactory(number="A")

    stacks = {stack["status"]: stack for stack in director.get("/probe/board/").context["stacks"]}

    assert list(stacks) == ["draft", "active", "terminated"]
    assert [(card["record"], card["moves"]) for card in stacks["draft"]["cards"]] == [(draft, {"active": "activate"})]
    assert [(card["record"], card["moves"]) for card in stacks["active"]["cards"]] == [
        (active, {"terminated": "close"})
    ]
    assert stacks["terminated"]["count"] == 0


def test_the_board_is_narrowed_like_the_list(director):
    ContractFactory(number="HT-1")
    ContractFactory(number="XX")

    stacks = director.get("/probe/board/?q=HT").context["stacks"]

    assert [str(card["record"]) for stack in stacks for card in stack["cards"]] == ["HT-1"]


def test_the_month_gives_the_entries_of_its_days(director):
    ContractFactory(number="HT-1", signed_on="2025-01-31", project="Signals")
    inside = ContractFactory(number="HT-2", signed_on="2025-02-01", project="Signals")
    ContractFactory(number="HT-3", signed_on="2025-03-01", project="Signals")

    entries = director.get("/probe/month/feed/?start=2025-02-01T00:00:00%2B08:00&end=2025-03-01&q=signals").json()

    assert entries == [
        {
            "id": str(inside.pk),
            "title": "HT-2 Signals",
            "start": "2025-02-01",
            "allDay": True,
            "url": f"/probe/{inside.pk}/",
            "className": "entry-red",
        }
    ]


@pytest.mark.parametrize(
    "span",
    ["", "start=2025-01-01", "start=x&end=y", "start=2025-02-01&end=2025-01-01", "start=0001-01-01&end=9999-12-31"],
)
def test_the_month_gives_nothing_without_sensible_days(director, span):
    assert director.get(f"/probe/month/feed/?{span}").status_code == 400
    assert director.get("/probe/month/").status_code == 200
