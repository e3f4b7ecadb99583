"""The items of an inspection are named by their words; what is not named stays as it is shown."""

from types import SimpleNamespace

import pytest

from ops.stories.acts import Mistake
from ops.stories.checking import area_address, filled_area, filled_review, review_address


def item(pk, text, *, state="", value="", note=""):
    return SimpleNamespace(check=SimpleNamespace(pk=pk), text=text, state=state, value=value, note=note, version=3)


def shown(*lines):
    return {"areas": [SimpleNamespace(area="server", lines=list(lines)), SimpleNamespace(area="network", lines=[])]}


def test_what_is_said_stands_over_what_is_shown():
    page = shown(item(7, "Clock"), item(8, "Memory", state="normal", value="41 %"))
    data = filled_area(page, {"area": "server", "items": {"Clock": {"state": "abnormal", "note": "4 min slow"}}})

    assert data.inputs == {
        "version-7": ["3"], "state-7": ["abnormal"], "value-7": [""], "note-7": ["4 min slow"],
        "version-8": ["3"], "state-8": ["normal"], "value-8": ["41 %"], "note-8": [""],
    }  # fmt: skip


def test_the_rest_is_called_normal_where_it_is_asked_for():
    assert filled_area(shown(), {"area": "server", "rest": True}).inputs == {"rest": ["normal"]}
    assert filled_area(shown(), {"area": "server", "rest": False}).inputs == {}


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"area": "server", "colour": "red"}, "colour", "there are: area, items, rest"),
        ({"area": "server", "items": ["Clock"]}, "items", "is an object"),
        ({"area": "server", "items": {"Fan": {}}}, "items", "There is no item 'Fan'; there are: Clock"),
        ({"area": "server", "items": {"Clock": {"state": "fine"}}}, "items", "there are: normal, abnormal, na"),
    ],
)
def test_what_is_not_on_the_page_is_told(values, field, sentence):
    with pytest.raises(Mistake, match=sentence) as told:
        filled_area(shown(item(7, "Clock")), values)

    assert told.value.field == field


def test_each_area_has_its_address():
    assert area_address(5, {}, {"area": "server"}) == "/inspections/5/checks/area/server/"
    with pytest.raises(Mistake, match="There is no area 'cellar'"):
        area_address(5, {}, {"area": "cellar"})


@pytest.mark.parametrize(("review", "version"), [(None, {}), (SimpleNamespace(version=2), {"version": ["2"]})])
def test_an_earlier_finding_is_named_by_its_text(review, version):
    page = {"reviews": [SimpleNamespace(finding=SimpleNamespace(pk=9, text="UPS is old"), review=review)]}
    values = {"finding": "UPS is old", "outcome": "fixed"}

    assert review_address(5, page, values) == "/inspections/5/checks/review/9/"
    assert filled_review(page, values).inputs == {"outcome": ["fixed"], "note": [""], **version}
    with pytest.raises(Mistake, match="There is no earlier finding 'Dust'; there are: UPS is old"):
        review_address(5, page, {"finding": "Dust"})
    with pytest.raises(Mistake, match="there are: finding, outcome, note"):
        filled_review(page, {**values, "grade": "serious"})
