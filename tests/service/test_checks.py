"""Check lists, and what is filled in during an inspection."""

from datetime import timedelta

import pytest

from base.chatter.operations import events_of
from base.lib.errors import NotAllowed, Refused, Stale
from contracts.operations import terminate_contract
from service.checks.defaults import DEFAULT_LISTS
from service.checks.entry import Entry, begin_entry, fill_in_item
from service.checks.enums import Area, CheckState, Grade
from service.checks.findings import write_finding
from service.checks.lists import choose_lists, save_list
from service.checks.queries import counted_progress, lists_for, proposal, result_of, values_before
from service.models import CheckItem, CheckList, CheckResult
from service.models.checks import LENGTHS
from tests.chain import AT, ON, accepted, verbs
from tests.factories import UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

pytestmark = pytest.mark.django_db

ITEM = {"text": "机房温度", "text_en": "Room temperature", "method": "20–25 ℃", "unit": "℃"}


@pytest.fixture
def inspection(engineer):
    """The second of a contract accepted 2026-01-15: window 2026-07-16 … 2027-01-15."""
    contract = accepted(engineer=engineer)
    return Inspection.objects.get(action__contract=contract, action__step="2")


@pytest.fixture
def begun(inspection, engineer):
    begin_entry(inspection=inspection, by=engineer, at=AT)
    return inspection


def listed(name="机柜", items=(ITEM,), **values):
    given = {"name": name, "area": Area.ENVIRONMENT, **values}
    return save_list(checklist=CheckList(), values=given, items=list(items), by=None, at=AT)


def filled(inspection, by, area=Area.ENVIRONMENT, rest=False, at=AT, **typed):
    """Fill in the first item of an area as `typed` says, and leave the others as they are shown."""
    first, *others = CheckResult.objects.filter(inspection=inspection, area=area)
    values = {"state": first.state, "value": first.value, "note": first.note, "seen": first.version} | typed
    entries = {each.pk: Entry(each.state, each.value, each.note, each.version) for each in others}
    missed = fill_in_item(
        inspection=inspection, area=area, entries={first.pk: Entry(**values)} | entries, rest=rest, by=by, at=at
    )
    first.refresh_from_db()
    return first, missed


def test_a_value_judges_its_item_and_the_last_visits_stands_beside_it(begun, engineer):
    """27.5 ℃ against 20–25 ℃ is not normal, whatever was tapped; what does not apply is not judged."""
    first, _missed = filled(begun, engineer, state=CheckState.NORMAL, value="27.5")
    assert (first.limits, first.state) == ("20–25", "abnormal")
    first, _missed = filled(begun, engineer, state=CheckState.ABNORMAL, value="22")
    assert first.state == "normal"
    first, _missed = filled(begun, engineer, state=CheckState.NONE, value="27.5")
    assert first.state == "na"
    first, _missed = filled(begun, engineer, state=CheckState.NORMAL, value="about 22")
    assert first.state == "normal"
    other = Inspection.objects.filter(action__contract=begun.action.contract).exclude(pk=begun.pk).get()
    assert values_before(other) == {}
    Inspection.objects.filter(pk=begun.pk).update(reported_at=AT, visited_on=ON)
    assert values_before(other) == {("environment", "机房温度"): "about 22 ℃"}


# Lists


def test_limits_that_cannot_be_read_are_refused():
    with pytest.raises(Refused) as no:
        listed(items=[{**ITEM, "limits": "warm"}])
    assert no.value.code == "limits"
    assert listed(items=[{**ITEM, "limits": "20–25"}]).items.get().limits == "20–25"


def test_all_seven_kinds_of_system_have_a_list_in_both_languages():
    assert [each.area for each in DEFAULT_LISTS] == list(Area)
    assert list(CheckList.objects.values_list("area", flat=True)) == list(Area)
    for item in CheckItem.objects.all():
        assert all([item.text, item.text_en, item.method, item.method_en])
        assert all(len(getattr(item, name)) <= limit for name, limit in LENGTHS.items())


def test_a_list_is_made_and_reworded_with_its_events():
    checklist = listed()
    assert [item.unit for item in checklist.items.all()] == ["℃"]
    save_list(checklist=checklist, values={}, items=[ITEM, {"text": "湿度"}], by=None, at=AT)
    assert (checklist.edition, checklist.version) == (2, 1)
    assert [item.text for item in checklist.items.all()] == ["机房温度", "湿度"]
    assert verbs(checklist) == ["created", "checklist_reworded"]


def test_saving_a_list_as_it_is_changes_nothing():
    checklist = listed()
    items = list(checklist.items.values(*LENGTHS))
    save_list(checklist=checklist, values={"name": "机柜"}, items=items, by=None, at=AT)
    assert (checklist.edition, verbs(checklist)) == (1, ["created"])


def test_a_list_somebody_else_saved_is_not_overwritten():
    checklist = listed()
    save_list(checklist=CheckList.objects.get(pk=checklist.pk), values={"note": "x"}, items=None, by=None, at=AT)
    with pytest.raises(Stale):
        save_list(checklist=checklist, values={"note": "y"}, items=[{"text": "other"}], by=None, at=AT, seen=0)
    assert [item.text for item in checklist.items.all()] == ["机房温度"]


@pytest.mark.parametrize("items", [[], [{"text": " ", "text_en": "only English"}]])
def test_a_list_needs_items_with_chinese_words(items):
    with pytest.raises(Refused) as no:
        listed(items=items)
    assert no.value.field == "items"


@pytest.mark.parametrize(
    ("role", "may"), [("service_manager", True), ("director", True), ("administrator", True), ("engineer", False)]
)
def test_who_keeps_the_lists(role, may):
    user, checklist = UserFactory(role=role), listed()
    if may:
        save_list(checklist=checklist, values={"note": "ours"}, items=None, by=user, at=AT)
    else:
        with pytest.raises(NotAllowed):
            save_list(checklist=checklist, values={"note": "ours"}, items=None, by=user, at=AT)
    assert checklist.note == ("ours" if may else "")


def test_a_contract_chooses_its_lists_else_has_the_default_ones(inspection, manager):
    contract, own = inspection.action.contract, listed()
    assert len(lists_for(contract)) == 7
    choose_lists(contract=contract, lists=[own], by=manager, at=AT)
    assert list(lists_for(contract)) == [own]
    choose_lists(contract=contract, lists=[own], by=manager, at=AT)
    choose_lists(contract=contract, lists=[], by=manager, at=AT)
    assert len(lists_for(contract)) == 7
    assert verbs(contract)[-2:] == ["checklists_chosen", "checklists_chosen"]
    assert events_of(contract).first().changes == {"check_lists": ["机柜", None]}


# Begun


def test_an_inspection_begins_with_a_copy_of_its_lists(begun, engineer):
    assert counted_progress(begun).all == sum(len(each.items) for each in DEFAULT_LISTS)
    begin_entry(inspection=begun, by=engineer, at=AT)
    assert verbs(begun) == ["checks_begun"]


def test_a_list_changed_later_changes_no_inspection(begun):
    checklist = CheckList.objects.get(area=Area.ENVIRONMENT)
    save_list(checklist=checklist, values={}, items=[{"text": "all is new"}], by=None, at=AT)
    assert CheckResult.objects.filter(inspection=begun)[0].text == "机房温度"


def test_without_any_list_nothing_begins(inspection, engineer):
    CheckList.objects.update(is_default=False)
    with pytest.raises(Refused) as no:
        begin_entry(inspection=inspection, by=engineer, at=AT)
    assert no.value.code == "lists"


def test_who_may_not_report_does_not_begin(inspection, manager):
    with pytest.raises(NotAllowed):
        begin_entry(inspection=inspection, by=manager, at=AT)


# Filled in


def test_an_item_keeps_what_was_found_by_whom_and_when(begun, engineer):
    check, missed = filled(begun, engineer, state=CheckState.ABNORMAL, value=" 31 ", note="too  hot")
    assert missed == {}
    assert (check.state, check.value, check.note, check.version) == ("abnormal", "31", "too hot", 1)
    assert (check.by, check.at) == (engineer, AT)
    assert counted_progress(begun).abnormal == 1


def test_a_first_entry_is_its_own_record_and_a_correction_leaves_an_event(begun, engineer):
    filled(begun, engineer, value="31")
    filled(begun, engineer, state=CheckState.ABNORMAL)
    assert verbs(begun) == ["checks_begun"]
    filled(begun, engineer, state=CheckState.NORMAL, value="23")
    assert verbs(begun) == ["checks_begun", "check_corrected"]
    [told] = events_of(begun).first().changes.values()
    assert told == ["abnormal · 31", "normal · 23"]


def test_what_is_as_it_was_is_not_stored_again(begun, engineer):
    filled(begun, engineer, state=CheckState.NORMAL)
    check, missed = filled(begun, UserFactory(role="service_manager"), at=AT + timedelta(hours=1))
    assert (check.version, check.by, missed) == (1, engineer, {})


def test_the_rest_of_an_area_is_normal(begun, engineer):
    filled(begun, engineer, state=CheckState.ABNORMAL, rest=True)
    found = CheckResult.objects.filter(inspection=begun, area=Area.ENVIRONMENT).values_list("state", flat=True)
    assert list(found) == ["abnormal"] + ["normal"] * 8
    assert not CheckResult.objects.filter(inspection=begun, area=Area.SERVER).exclude(state="").exists()


def test_of_two_who_save_an_item_the_second_is_told_and_loses_nothing_else(begun, engineer):
    other = UserFactory(role="service_manager")
    first, second = CheckResult.objects.filter(inspection=begun, area=Area.ENVIRONMENT)[:2]
    filled(begun, engineer, state=CheckState.ABNORMAL, note="hot")
    missed = fill_in_item(
        inspection=begun, area=Area.ENVIRONMENT, by=other, at=AT,
        entries={
            first.pk: Entry(CheckState.NORMAL, "", "cool", 0),
            second.pk: Entry(CheckState.NORMAL, "45", "", 0),
        },
    )  # fmt: skip
    first.refresh_from_db()
    second.refresh_from_db()
    assert list(missed) == [first.pk]
    assert missed[first.pk].note == "hot"
    assert (first.state, first.note) == ("abnormal", "hot")
    assert (second.value, second.by) == ("45", other)


@pytest.mark.parametrize(("typed", "field"), [({"state": "fine"}, ""), ({"note": "x" * 301}, "note")])
def test_what_cannot_be_stored_is_refused_whole(begun, engineer, typed, field):
    with pytest.raises(Refused) as no:
        filled(begun, engineer, **typed)
    assert no.value.field == field
    assert counted_progress(begun).done == 0


def test_after_the_report_nothing_is_filled_in(begun, engineer):
    reported(begun, engineer)
    with pytest.raises(Refused) as no:
        filled(begun, engineer, state=CheckState.NORMAL)
    assert no.value.code == "reported"


def test_what_was_begun_is_looked_at_to_its_end(begun, engineer):
    filled(begun, engineer, rest=True)
    with pytest.raises(Refused, match=r"Not judged yet: servers \d+, network \d+") as no:
        report_inspection(
            inspection=begun, visited_on=ON, result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON
        )  # fmt: skip
    assert no.value.code == "unjudged"
    reported(begun, engineer)


def test_a_cancelled_inspection_is_not_filled_in(begun, engineer, director):
    terminate_contract(contract=begun.action.contract, on=ON, reason="sold", by=director, at=AT)
    with pytest.raises(Refused) as no:
        filled(begun, engineer, state=CheckState.NORMAL)
    assert no.value.code == "cancelled"


def reported(inspection, by, result=InspectionResult.NORMAL, findings=""):
    """What nobody judged was fine."""
    CheckResult.objects.filter(inspection=inspection, state="").update(state=CheckState.NORMAL)
    report_inspection(inspection=inspection, visited_on=ON, result=result, findings=findings, by=by, at=AT, on=ON)


# What the report is filled in with


def test_nothing_is_proposed_without_checks(inspection):
    assert proposal(inspection) == {}


@pytest.mark.parametrize(
    ("state", "grades", "result"),
    [
        (CheckState.NORMAL, [], InspectionResult.NORMAL),
        (CheckState.ABNORMAL, [], InspectionResult.MOSTLY_NORMAL),
        (CheckState.NORMAL, [Grade.ADVICE, Grade.GENERAL], InspectionResult.MOSTLY_NORMAL),
        (CheckState.ABNORMAL, [Grade.ADVICE, Grade.SERIOUS], InspectionResult.ABNORMAL),
    ],
)
def test_the_result_follows_from_findings_and_items(begun, engineer, state, grades, result):
    filled(begun, engineer, state=state)
    for grade in grades:
        write_finding(inspection=begun, values={"grade": grade, "text": "x"}, by=engineer, at=AT)
    assert proposal(begun)["result"] == result
    assert result_of(begun.problems.all(), counted_progress(begun)) == result


def test_the_findings_are_put_together_in_the_customers_language(begun, engineer):
    values = {
        "grade": Grade.SERIOUS, "text": "UPS 电池老化", "advice": "更换", "responsible": engineer,
        "responsible_name": "王工", "due_on": ON,
    }  # fmt: skip
    write_finding(inspection=begun, values=values, by=engineer, at=AT)
    assert proposal(begun)["findings"].split("\n   ") == [
        "1. [严重] UPS 电池老化", "建议：更换", "责任人：周强 / 王工", "期限：2026年11月22日",
    ]  # fmt: skip
