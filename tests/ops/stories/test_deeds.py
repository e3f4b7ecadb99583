"""What is done on a page, and what it refuses to understand."""

import pytest

from contracts.models import Contract


@pytest.fixture
def sold(play):
    play(page="customers", do="create", values={"name": "Waterworks"}, **{"as": "w"})
    for number in ("HT-1", "HT-2"):
        play(page="contracts", do="create", values={"number": number, "customer": "w", "amount": "240000.00"})
    return play


def test_several_records_are_moved_at_once(sold):
    both = ["HT-1", "HT-2"]
    result = sold(by="director", page="contracts", record=both, do="hand_over", values={"to": "users:liwei"})

    assert result["said"] == ["Hand over: 2 rows."]
    assert set(Contract.objects.values_list("manager__username", flat=True)) == {"liwei"}


def test_one_record_may_be_moved_in_bulk_too(sold):
    sold(by="director", page="contracts", record="HT-1", do="hand_over", values={"to": "users:liwei"})

    assert Contract.objects.get(number="HT-1").manager.username == "liwei"


def test_a_move_shows_its_preview_and_is_confirmed(sold):
    sold(page="contracts", record="HT-1", do="accept", values={"accepted_on": "2026-11-22"})
    values = {"accepted_on": "2026-11-24", "reason": "The certificate says so."}
    sold(on="2026-11-25", page="contracts", record="HT-1", do="correct", values=values)

    assert str(Contract.objects.get(number="HT-1").final_acceptance_on) == "2026-11-24"


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        ({"page": "contracts", "record": ["HT-1", "HT-2"], "do": "amend"}, "record"),
        ({"page": "contracts", "record": [], "do": "hand_over", "by": "director"}, "form"),
        ({"page": "contracts", "record": "HT-1", "do": "sell"}, "do"),
        ({"page": "contracts", "record": "HT-1", "do": "activate"}, "form"),
        ({"page": "contracts", "do": "look"}, "record"),
        ({"page": "invoices", "do": "create"}, "do"),
        ({"page": "events", "record": {"verb": "created", "target_id": 0}, "do": "edit", "by": "admin"}, "record"),
        ({"page": "customers", "record": "Waterworks", "do": "contacts", "part": "nobody"}, "part"),
        ({"page": "customers", "record": "Waterworks", "do": "message", "part": "x", "values": {"text": "a"}}, "part"),
        ({"page": "contracts", "record": "HT-1", "do": "edit", "values": {"colour": "red"}}, "colour"),
    ],
)
def test_what_cannot_be_done_is_told_at_its_key(sold, act, refused):
    assert list(sold(**act)["refused"]) == [refused]


def test_a_row_inside_a_sheet_is_taken_away(sold):
    request = {
        "customer": "",
        "contract": "contracts:HT-1",
        "channel": "phone",
        "request_class": "general",
        "title": "x",
    }
    sold(by="service", page="requests", do="create", values=request, **{"as": "r"})
    line = {"text": "On-site work", "amount": "100.00"}
    sold(by="service", page="requests", record="r", do="prices", values=line, **{"as": "line"})
    gone = sold(by="service", page="requests", record="r", do="prices", part="line", values={"remove": True})
    assert gone["ok"], gone
    again = sold(by="service", page="requests", record="r", do="prices", part="line", values={"remove": True})

    assert list(again["refused"]) == ["part"]
