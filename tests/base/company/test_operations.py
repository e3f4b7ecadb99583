from datetime import UTC, date, datetime, time

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from base.accounts.models import Role, User
from base.chatter.models import Event
from base.company import operations
from base.company.models import CalendarDay, CalendarYear, Company, WorkWindow
from base.company.queries import calendar, company, today
from base.company.signals import calendar_changed
from base.lib.errors import NotAllowed, Refused, Stale
from tests.pictures import drawn

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
"""


@pytest.fixture
def administrator():
    return User.objects.create(username="admin", email="admin@example.com", role=Role.ADMINISTRATOR)


@pytest.fixture
def told():
    """What floors above would hear, and answer."""
    heard = []

    def listen(sender, **said):
        heard.append((said["on"], said["at"], calendar()))
        return ["inspection 7 moved"]

    calendar_changed.connect(listen)
    yield heard
    calendar_changed.disconnect(listen)


def test_a_new_installation_has_a_company_hours_and_the_official_days():
    assert (company().pk, company().name, company().time_zone) == (1, "", "Asia/Shanghai")
    assert calendar().add_working_days(date(2026, 9, 18), 1).day == date(2026, 9, 20)
    assert calendar().close_of_business(date(2026, 11, 24)).time() == time(18)
    assert not calendar().is_provisional(date(2026, 12, 31))
    assert calendar().is_provisional(date(2027, 1, 1))


def test_setting_up_again_changes_nothing():
    CalendarDay.objects.filter(on="2026-10-01").delete()
    operations.set_up(apps)
    assert not CalendarDay.objects.filter(on="2026-10-01").exists()


def test_today_is_the_companys():
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert today(late) == date(2026, 11, 24)
    Company.objects.update(time_zone="Europe/Berlin")
    assert today(late) == date(2026, 11, 23)


def test_the_calendar_is_read_once_until_it_changes(administrator, django_assert_num_queries):
    before = calendar()
    with django_assert_num_queries(1):
        assert calendar() is before
    operations.set_company_day(on=date(2026, 12, 1), kind="holiday", name="搬迁", by=administrator, at=AT)
    assert not calendar().is_workday(date(2026, 12, 1))
    Company.objects.update(time_zone="Europe/Berlin")
    assert calendar().tz == "Europe/Berlin"


def test_a_change_that_was_rolled_back_is_forgotten(administrator):
    day = date(2026, 12, 1)
    with transaction.atomic():
        operations.set_company_day(on=day, kind="holiday", by=administrator, at=AT)
        assert not calendar().is_workday(day)
        transaction.set_rollback(True)
    assert calendar().is_workday(day)
    operations.set_company_day(on=date(2026, 12, 2), kind="holiday", by=administrator, at=AT)
    assert calendar().is_workday(day)


def test_a_companys_own_day_wins_and_can_be_taken_back(administrator, told):
    national_day = date(2026, 10, 1)
    change = operations.set_company_day(on=national_day, kind="workday", name=" 盘点 ", by=administrator, at=AT)
    assert change.days == {national_day: ("", "workday")}
    assert change.moved == ["inspection 7 moved"]
    assert [(on, at) for on, at, _calendar in told] == [(date(2026, 11, 24), AT)]
    assert told[0][2].is_workday(national_day), "who is told sees the new calendar"
    assert calendar().days[national_day].name == "盘点"
    assert operations.set_company_day(on=national_day, kind="workday", name="盘点", by=administrator, at=AT).days == {}
    operations.set_company_day(on=national_day, kind=None, by=administrator, at=AT)
    assert not calendar().is_workday(national_day)
    assert Event.objects.filter(verb="company_day_set").count() == len(told) == 2


def test_a_pasted_notice_makes_a_year_official(administrator, told):
    change = operations.import_year(year=2027, text=NOTICE, by=administrator, at=AT)
    assert change.days[date(2027, 1, 31)] == ("", "workday")
    assert len(change.days) == 12
    assert change.moved == ["inspection 7 moved"]
    assert calendar().is_workday(date(2027, 1, 31))
    assert not calendar().is_provisional(date(2027, 6, 1))
    assert operations.import_year(year=2027, text=NOTICE, by=administrator, at=AT) == operations.CalendarChange()
    event = Event.objects.get(verb="year_imported")
    assert (event.by, event.target, event.changes["2027-01-31"]) == (administrator, company(), ["", "workday"])


def test_a_corrected_year_loses_the_days_that_are_not_named_any_more(administrator):
    operations.set_company_day(on=date(2027, 1, 4), kind="holiday", name="own", by=administrator, at=AT)
    operations.import_year(year=2027, text=NOTICE, by=administrator, at=AT)
    text = "\ufeffdate,kind,name\n2027/1/1,holiday,元旦\n2026-12-31,holiday,元旦\n"
    change = operations.import_year(year=2027, text=text, by=administrator, at=AT)
    assert change.days[date(2027, 1, 2)] == ("holiday", "")
    assert change.days[date(2026, 12, 31)] == ("", "holiday")
    assert date(2027, 1, 1) not in change.days
    official = CalendarDay.objects.filter(origin="official", on__gte="2026-12-01").values_list("on", flat=True)
    assert list(official) == [date(2026, 12, 31), date(2027, 1, 1)]
    assert not calendar().is_workday(date(2027, 1, 4))
    assert not calendar().is_workday(date(2026, 10, 1)), "the year before is otherwise left alone"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一、元旦：1月1日（周四）放假。", "wrong_weekday"),
        ("date,kind,name\n2027-01-01,feast,元旦\n", "unknown_kind"),
        ("date,kind,name\n2025-01-01,holiday,元旦\n", "other_year"),
        ("date,kind,name\n2026-12-31,holiday,元旦\n", "other_year"),
        ("hello", "no_days"),
        ("", "no_days"),
    ],
)
def test_what_cannot_be_read_changes_nothing(administrator, told, text, code):
    with pytest.raises(Refused) as refused:
        operations.import_year(year=2027, text=text, by=administrator, at=AT)
    assert (refused.value.code, refused.value.field) == (code, "text")
    assert not CalendarYear.objects.filter(year=2027).exists()
    assert told == []


def test_a_receiver_that_fails_undoes_the_change(administrator):
    def fail(sender, **said):
        raise ZeroDivisionError

    calendar_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            operations.import_year(year=2027, text=NOTICE, by=administrator, at=AT)
    finally:
        calendar_changed.disconnect(fail)
    assert calendar().is_provisional(date(2027, 1, 1))


def test_working_hours_are_replaced_as_a_whole(administrator, told):
    hours = [(6, time(9), time(12)), (0, time(8), time(12)), (0, time(12), time(16))]
    operations.set_windows(windows=hours, by=administrator, at=AT)
    assert calendar().close_of_business(date(2026, 11, 23)).time() == time(16)
    assert not calendar().is_workday(date(2026, 11, 24))
    assert operations.set_windows(windows=hours, by=administrator, at=AT) == operations.CalendarChange()
    assert len(told) == 1


@pytest.mark.parametrize(
    "hours",
    [
        [],
        [(0, time(9), time(9))],
        [(0, time(9), time(0))],
        [(0, time(13), time(12))],
        [(0, time(9), time(12)), (0, time(11), time(18))],
    ],
)
def test_impossible_working_hours_are_refused(administrator, told, hours):
    with pytest.raises(Refused):
        operations.set_windows(windows=hours, by=administrator, at=AT)
    assert WorkWindow.objects.count() == 10
    assert told == []


def test_settings_change_with_an_event(administrator, settings, tmp_path, told):
    settings.MEDIA_ROOT = tmp_path
    picture = SimpleUploadedFile("../标志.png", drawn(8, 8))
    operations.edit_company(
        values={"name": "维保科技", "hotline": "400-555", "logo": picture}, by=administrator, at=AT, seen=0
    )
    us = company()
    assert (us.name, us.hotline, us.version) == ("维保科技", "400-555", 1)
    assert us.logo.path.startswith(str(tmp_path / "company"))
    with us.logo.open() as file:
        assert file.read().startswith(b"\x89PNG")
    assert Event.objects.get().changes["hotline"] == ["", "400-555"]
    assert told == []
    with pytest.raises(Stale):
        operations.edit_company(values={"name": "Another"}, by=administrator, at=AT, seen=0)


def test_another_review_window_is_told_to_what_rests_on_it(administrator, told):
    operations.edit_company(values={"review_days": 5}, by=administrator, at=AT)
    assert len(told) == 1
    assert Event.objects.get().changes["review_days"] == [3, 5]


def test_another_time_zone_is_another_calendar(administrator, told):
    operations.edit_company(values={"time_zone": "Asia/Urumqi"}, by=administrator, at=AT)
    assert len(told) == 1
    assert told[0][2].tz == "Asia/Urumqi"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("sender_email", "客服@example.com"),
        ("logo", SimpleUploadedFile("logo.svg", b"<svg/>")),
        ("logo", SimpleUploadedFile("logo.pdf", b"%PDF-1.7")),
    ],
)
def test_impossible_settings_are_refused(administrator, field, value):
    with pytest.raises(Refused):
        operations.edit_company(values={field: value}, by=administrator, at=AT)


def test_the_mail_hold_is_no_setting(administrator):
    with pytest.raises(ValueError, match="mail_on_hold"):
        operations.edit_company(values={"mail_on_hold": False}, by=administrator, at=AT)


def test_only_an_administrator_changes_the_company_and_its_calendar():
    director = User(username="d", role=Role.DIRECTOR)
    for act in (
        lambda: operations.edit_company(values={"name": "x"}, by=director, at=AT),
        lambda: operations.import_year(year=2027, text=NOTICE, by=director, at=AT),
        lambda: operations.set_company_day(on=date(2027, 1, 1), kind="workday", by=director, at=AT),
        lambda: operations.set_windows(windows=[(0, time(9), time(12))], by=director, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
