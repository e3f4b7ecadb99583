"""An act is read from a line; whatever cannot be understood is told with what there is."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ops.stories.acts import Act, Mistake, loaded, one_of, read

HERE = ZoneInfo("Asia/Shanghai")
BEFORE = Act(do="look", at=datetime(2026, 11, 22, 14, 30, tzinfo=HERE), by="chenjing")


def test_an_act_has_its_moment_in_the_company_s_time():
    act = read(loaded('{"on": "2026-11-22", "at": "09:30", "by": "chenjing", "do": "look"}'), HERE, None)

    assert act.at == datetime(2026, 11, 22, 9, 30, tzinfo=HERE)
    assert (act.on, act.by, act.do, act.values, act.record) == (date(2026, 11, 22), "chenjing", "look", {}, None)


@pytest.mark.parametrize(
    ("given", "on", "at"),
    [
        ({}, "2026-11-22", "14:30"),
        ({"at": "15:00"}, "2026-11-22", "15:00"),
        ({"on": "2026-11-23"}, "2026-11-23", "09:00"),
        ({"on": "2026-11-22"}, "2026-11-22", "14:30"),
        ({"on": "2026-11-23", "at": "08:00"}, "2026-11-23", "08:00"),
    ],
)
def test_day_hour_and_person_stay_until_they_are_given(given, on, at):
    act = read({"do": "look", **given}, HERE, BEFORE)

    assert (act.on, act.at.time(), act.by) == (date.fromisoformat(on), time.fromisoformat(at), "chenjing")


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"colour": "red"}, "colour", "There is no key 'colour'; there are: on, at, by"),
        ({"do": ""}, "do", "lacks 'do'"),
        ({"do": 7}, "do", "'do' is a text"),
        ({"on": "22.11.2026"}, "on", "write YYYY-MM-DD"),
        ({"at": "half past nine"}, "at", "write HH:MM"),
        ({"at": "09:30+02:00"}, "at", "hours are the company's"),
        ({"on": "2026-11-21"}, "on", "time does not go back"),
        ({"at": "14:29"}, "at", "time does not go back"),
        ({"values": ["a"]}, "values", "is an object"),
        ({"record": 7}, "record", "not 7"),
        ({"record": ["a", 7]}, "record", "not \\['a', 7\\]"),
        ({"part": ["a"]}, "part", "is a number of a record"),
        ({"seen": "1"}, "seen", "number of a version"),
        ({"seen": True}, "seen", "number of a version"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_key(given, field, sentence):
    with pytest.raises(Mistake, match=sentence) as told:
        read({"do": "look", **given}, HERE, BEFORE)

    assert told.value.field == field


def test_the_first_act_needs_a_day():
    with pytest.raises(Mistake, match="lacks 'on'"):
        read({"do": "look"}, HERE, None)


@pytest.mark.parametrize(("line", "sentence"), [("{", "not JSON: .* at character 2"), ("[1]", "a JSON object")])
def test_a_line_is_one_object(line, sentence):
    with pytest.raises(Mistake, match=sentence) as told:
        loaded(line)

    assert told.value.field == "line"


def test_where_there_is_nothing_that_is_said():
    assert one_of("x", "a", [], "move").sentence == "There is no move 'a'; there are: none."
