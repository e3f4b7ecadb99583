"""What was expected of an act, beside what came."""

import pytest

from ops.stories.expectations import unmet

DONE = {"ok": True, "record": "HT-1", "state": "active", "actions": {"renewal_quote": {"done": 1, "failed": 0}}}
REFUSED = {"ok": False, "refused": {"price": "Too high.", "form": "No."}}


@pytest.mark.parametrize(
    ("expected", "result"),
    [
        (None, DONE),
        ("ok", DONE),
        ({"ok": True}, DONE),
        ({"record": "HT-1", "state": "active"}, DONE),
        ({"actions": {"renewal_quote": {"done": 1}}}, DONE),
        ("refused", REFUSED),
        ({"ok": False}, REFUSED),
        ({"refused": ["form", "price"]}, REFUSED),
        ({"refused": {"price": "Too high."}}, REFUSED),
    ],
)
def test_what_was_expected_came(expected, result):
    assert unmet(expected, result) == ""


@pytest.mark.parametrize(
    ("expected", "result", "told"),
    [
        (None, REFUSED, "it was refused"),
        ({"state": "active"}, REFUSED, "it was refused"),
        ("refused", DONE, "it was done, and should have been refused"),
        ({"state": "sent"}, DONE, "state: 'active' instead of 'sent'"),
        (
            {"state": "sent", "record": "HT-2"},
            DONE,
            "state: 'active' instead of 'sent'; record: 'HT-1' instead of 'HT-2'",
        ),
        ({"actions": {"renewal_quote": {"done": 2}}}, DONE, "actions.renewal_quote.done: 1 instead of 2"),
        ({"refused": ["price"]}, REFUSED, "refused: ['form', 'price'] instead of ['price']"),
        ({"refused": ["price"]}, DONE, "refused: None instead of ['price']"),
        ({"refused": {"price": "No."}}, REFUSED, "refused.price: 'Too high.' instead of 'No.'"),
        ("perhaps", DONE, "'expect' is \"refused\", \"ok\" or an object, not 'perhaps'"),
    ],
)
def test_what_differs_is_said(expected, result, told):
    assert unmet(expected, result) == told
