"""Screens that belong to no record are filled in like any other."""

from base.accounts.models import User
from base.company.models import CalendarDay


def test_a_day_of_our_own_is_declared(play):
    result = play(by="admin", do="calendar_day", values={"on": "2026-12-11", "kind": "holiday", "name": "Moving"})

    assert result["said"] == ["The calendar is stored. Nothing planned had to move."]
    assert CalendarDay.objects.get(on="2026-12-11", origin="company").name == "Moving"


def test_official_days_are_shown_before_they_are_stored(play):
    text = "date,kind,name\n2028-01-03,holiday,元旦\n"
    assert play(by="admin", do="calendar_import", values={"year": 2028, "text": text})["ok"]

    assert CalendarDay.objects.filter(on="2028-01-03", origin="official").exists()


def test_one_says_something_about_oneself(play):
    play(do="profile", values={"deputy": "users:liwei"})

    assert User.objects.get(username="chenjing").deputy.username == "liwei"


def test_a_screen_asks_for_its_right(play):
    refused = {"form": "You may not do this."}

    assert play(do="calendar_day", values={"on": "2026-12-11"})["refused"] == refused


def test_a_screen_has_no_page(play):
    assert list(play(page="contracts", record={"id": 0}, do="profile")["refused"]) == ["record"]
