"""What a seal is made of: the same bytes for the same row, and a salted digest for each text that may be a person's."""

import pytest

from base.audit.digests import digest, of_event, places, replaced
from base.chatter.operations import make_event
from tests.chain import AT, ON
from tests.factories import ContractFactory

pytestmark = pytest.mark.django_db


def event(**changes):
    made = make_event(ContractFactory(), "changed", by=None, at=AT, changes=changes, note="he said so")
    made.pk = 1
    return made


def test_a_text_that_may_be_a_persons_has_a_salt_and_a_status_or_a_day_has_none():
    _content, salts = of_event(
        event(status=["draft", "signed"], signed_on=[None, str(ON)], contact=["王芳", "李四"], n=[1, 2])
    )
    assert set(salts) == {"note", "changes/contact/0", "changes/contact/1"}
    assert len(set(salts.values())) == 3


def test_what_is_not_known_for_certain_is_taken_for_a_persons():
    _content, salts = of_event(event(of_no_field={"a": ["x", None, True]}))
    assert set(salts) == {"note", "changes/of_no_field/a/0"}


def test_the_content_is_the_same_with_the_same_salts_and_holds_no_text_of_a_person():
    told = event(contact=["王芳", ""])
    first, salts = of_event(told)
    assert of_event(told, salts) == (first, salts)
    assert of_event(told)[0] != first
    assert "王芳" not in first
    assert digest(salts["changes/contact/0"], "王芳") in first


def test_the_digest_stands_for_an_erased_text_and_for_no_other():
    told = event(contact=["王芳", None])
    whole, salts = of_event(told)
    place = "changes/contact/0"
    salts[place] = f"={digest(salts[place], '王芳')}"
    told.changes = replaced(told.changes, "changes", {place}, "erased: 5")
    assert of_event(told, salts)[0] == whole
    told.changes = {"contact": ["张伟", None]}
    assert of_event(told, salts)[0] != whole


def test_a_text_is_found_and_replaced_at_its_place_alone():
    told = event(contact=["王芳", "李四"], more={"b": "王芳"})
    found = places(told, lambda text: text == "王芳")
    assert found == {"changes/contact/0": "王芳", "changes/more/b": "王芳"}
    assert replaced(told.changes, "changes", found, "-") == {"contact": ["-", "李四"], "more": {"b": "-"}}
