"""`sla_replay` as a script sees it."""

import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def replay(tmp_path, capsys, *histories, **options):
    file = tmp_path / "histories.json"
    file.write_text(json.dumps(histories), encoding="utf-8")
    call_command("sla_replay", file, format="json", **options)
    return json.loads(capsys.readouterr().out)


def history(*events, now="2026-10-08T10:00", **changed):
    first = {"at": "2026-09-30T17:30", "kind": "reported"}
    return {"id": "a", "phase": "maintenance", "class": "critical", "now": now, "events": [first, *events], **changed}


def test_a_history_is_told_and_nothing_is_stored(tmp_path, capsys):
    answered = {"at": "2026-09-30T18:00", "kind": "answered"}
    assert replay(tmp_path, capsys, history(answered)) == [
        {
            "id": "a",
            "respond_by": "2026-09-30T18:00:00",
            "arrive_by": "2026-09-30T23:30:00",
            "resolve_by": "2026-10-08T18:00:00",
            "response": "met",
            "arrival": "breached",
            "resolution": "pending",
            "provisional": False,
        }
    ]


def test_times_come_back_as_they_were_written(tmp_path, capsys):
    zoned = {**history(now="2026-10-08T02:00:00+00:00"), "events": [{"at": "2026-09-30T09:30:00Z", "kind": "reported"}]}
    (told,) = replay(tmp_path, capsys, zoned)
    assert told["respond_by"] == "2026-09-30T18:00:00+08:00"


def test_a_change_of_class_and_a_leg_that_is_not_promised(tmp_path, capsys):
    (told,) = replay(tmp_path, capsys, history({"at": "2026-09-30T17:31", "kind": "reclassified", "class": "general"}))
    assert (told["arrive_by"], told["arrival"]) == (None, "none")
    assert told["resolve_by"] == "2026-10-10T18:00:00"


def test_uncovered_work_is_promised_an_answer_only_until_its_price_is_agreed(tmp_path, capsys):
    (told,) = replay(tmp_path, capsys, history(covered=False))
    assert (told["respond_by"], told["arrive_by"], told["resolve_by"]) == ("2026-09-30T18:00:00", None, None)
    assert (told["response"], told["arrival"], told["resolution"]) == ("breached", "none", "none")
    (told,) = replay(tmp_path, capsys, history({"at": "2026-10-08T09:00", "kind": "price_agreed"}, covered=False))
    assert (told["arrive_by"], told["arrival"]) == ("2026-10-08T15:00:00", "pending")
    assert (told["resolve_by"], told["resolution"]) == ("2026-10-09T18:00:00", "pending")


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (history(covered="no"), "covered 'no'"),
        (history(phase="war"), "phase 'war'"),
        (history(**{"class": "minor"}), "nothing is promised for 'minor'"),
        (history({"at": "yesterday", "kind": "answered"}), "no moment"),
        (history({"at": "2026-09-30T18:00", "kind": "shouted"}), "kind 'shouted'"),
        (history({"at": "2026-09-30T18:00", "kind": "reclassified"}), "names no class"),
        (history(now="2026-01-01T00:00"), "no report"),
        (history(events=None), "must be a list"),
        (history(now=None), "no moment"),
        ("text", "no object"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, capsys, broken, problem):
    with pytest.raises(CommandError, match=problem):
        replay(tmp_path, capsys, broken)


def test_a_file_that_is_none_is_named(tmp_path):
    for text, problem in (("{", "no JSON"), ("{}", "must hold a list")):
        file = tmp_path / "x.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(CommandError, match=problem):
            call_command("sla_replay", file)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("sla_replay", tmp_path / "none.json")
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(CommandError, match="no policy 'other'"):
        call_command("sla_replay", file, policy="other")
