import pickle

import pytest

from base.lib.errors import NotAllowed, Refused, Stale


class Lazy:
    """Stands for a lazy translation: its text is asked for when it is shown."""

    def __init__(self) -> None:
        self.language = "en"

    def __str__(self) -> str:
        return {"en": "no", "zh": "不行"}[self.language]


def test_the_message_is_turned_into_text_when_shown():
    message = Lazy()
    refused = Refused(message, field="price", code="above_cap")
    message.language = "zh"
    assert str(refused) == "不行"
    assert (refused.message, refused.field, refused.code) == (message, "price", "above_cap")


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Refused, "refused"), (Stale, "stale"), (NotAllowed, "not_allowed")],
)
def test_every_kind_has_its_code(kind, code):
    refused = kind("no")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == (code, "")


@pytest.mark.parametrize("refused", [Refused("no", field="a", code="b"), Stale("again", field="a")])
def test_a_refusal_survives_the_way_back_from_a_worker(refused):
    copy = pickle.loads(pickle.dumps(refused))
    assert type(copy) is type(refused)
    assert copy.__dict__ == refused.__dict__
