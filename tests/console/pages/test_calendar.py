"""The working calendar on screen: looked at by everybody, changed by an administrator, who is told what moved."""

from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.company.models import CalendarDay, CalendarYear, WorkWindow
from base.company.queries import calendar, company
from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from base.ui.look import Look
from console import jobs
from console.pages.company import CompanyPage
from tests.chain import AT, accepted, day, row
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
"""
CSV = "date,kind,name\n2027-05-01,holiday,劳动节\n2027/5/3,holiday,劳动节\n2027-05-08,workday,劳动节\n"


def bring_in(browser, **typed):
    return browser.post("/calendar/import/", {"year": 2027, "text": "", **typed})


def test_a_year_says_what_is_known_of_it(enter):
    engineer = enter("engineer")

    this = engineer.get("/calendar/").content.decode()
    assert "Official days from chinesecalendar" in this
    assert "National Day" in this
    assert "A day of our own" not in this

    coming = engineer.get("/calendar/2027/").content.decode()
    assert "The official days of 2027 are not known" in coming
    assert engineer.get("/calendar/1990/").status_code == 404


def test_a_day_of_our_own_wins_and_can_be_taken_back(enter):
    administrator = enter("administrator")
    url = "/calendar/day/"

    answer = administrator.post(url, {"on": "2026-12-31", "kind": "holiday", "name": "年会"})

    assert answer.url == "/calendar/2026/"
    assert not calendar().is_workday(day("2026-12-31"))
    assert "年会" in administrator.get("/calendar/2026/").content.decode()
    assert "节假日" in enter(UserFactory(role="auditor", language="zh-hans")).get("/company/1/").content.decode()
    administrator.post(url, {"on": "2026-12-31", "kind": "holiday", "remove": "1"})
    assert calendar().is_workday(day("2026-12-31"))
    refused = administrator.post(url, {"on": "soon", "kind": "holiday"})
    assert refused.status_code == 422
    assert "on" in refused.context["form"].errors


def test_a_notice_is_shown_before_it_is_stored_and_tells_what_moved(enter):
    administrator = enter("administrator")
    contract = accepted(day("2026-06-02"))
    visit = row(contract, "inspection", "2")
    assert (visit.due_on, visit.provisional) == (date(2027, 5, 3), True)

    shown = bring_in(administrator, text=NOTICE)

    assert shown.status_code == 200
    assert "9 days change; nothing is stored yet." in shown.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()

    stored = bring_in(administrator, text=NOTICE, confirmed="1").content.decode()

    assert CalendarYear.objects.get(year=2027).source == "notice of the State Council"
    visit.refresh_from_db()
    assert (visit.due_on, visit.provisional) == (date(2027, 5, 6), False)
    assert f"/contracts/{contract.pk}/" in stored
    assert "2027-05-03" in stored
    assert "2027-05-06" in stored

    again = bring_in(administrator, text=NOTICE, confirmed="1")
    assert again.url == "/calendar/2027/", "the same once more moves nothing"


def test_a_csv_file_is_read_too(enter):
    administrator = enter("administrator")
    file = SimpleUploadedFile("2027.csv", CSV.encode("gb18030"))

    shown = bring_in(administrator, file=file)

    assert "3 days change" in shown.content.decode()
    administrator.post("/calendar/import/", {"year": 2027, "text": shown.context["text"], "confirmed": "1"})
    assert CalendarDay.objects.filter(on__year=2027).count() == 3
    assert CalendarYear.objects.get(year=2027).source == "CSV file"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"text": "一、元旦：1月1日（周六）放假，共1天。"}, "text", "another weekday"),
        ({"text": "你好"}, "text", "no days were found"),
        ({"text": " "}, "text", "Paste the notice"),
        ({"text": "date,kind,name\n2031-01-01,holiday,x"}, "text", "another year"),
        ({"year": "1066", "text": NOTICE}, "year", "2000"),
        ({"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00\x81")}, "file", "no text"),
        ({"file": SimpleUploadedFile("x.csv", b"x" * 300_000)}, "file", "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(enter, typed, field, words):
    answer = bring_in(enter("administrator"), **typed)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert not CalendarYear.objects.filter(year__gte=2027).exists()


def test_working_hours_are_written_as_one_says_them(enter):
    administrator = enter("administrator")
    url = "/calendar/hours/"
    assert "09:00–12:00, 13:00–18:00" in administrator.get(url).content.decode()
    usual = {f"day{number}": "8:30-12:00；13：00至17:30" for number in range(5)}

    administrator.post(url, usual | {"day5": "09:00~11:00", "day6": ""})

    assert WorkWindow.objects.count() == 11
    assert list(WorkWindow.objects.filter(weekday=5).values_list("opens", "closes")) == [(time(9), time(11))]
    assert calendar().is_workday(day("2027-01-09"))


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"day0": "nine to five"},
        {"day0": "09:00–25:00"},
        {"day0": "12:00–09:00"},
        {"day0": "09:00–12:00, 11:00–13:00"},
    ],
)
def test_impossible_hours_are_refused(enter, typed):
    before = WorkWindow.objects.count()
    answer = enter("administrator").post("/calendar/hours/", typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert WorkWindow.objects.count() == before


@pytest.mark.parametrize("path", ["import/", "hours/"])
def test_only_an_administrator_changes_it(enter, path):
    for role in ("director", "manager", "auditor"):
        assert enter(role).get(f"/calendar/{path}").status_code == 403
    assert enter("director").post("/calendar/day/", {}).status_code == 403


@pytest.fixture
def much(monkeypatch):
    """One planned row is more than a person should wait for."""
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    contract = accepted(date(2026, 1, 15))
    assert contract.plan.filter(state="planned").exists()
    return contract


def work():
    work_off_jobs(lambda: AT)


def test_a_day_that_moves_much_is_declared_by_a_job(enter, much):
    administrator = enter("administrator")
    answer = administrator.post("/calendar/day/", {"on": "2026-12-31", "kind": "holiday", "name": "年会"})
    job = Job.objects.get()

    assert answer.url == f"/jobs/{job.pk}/"
    assert calendar().is_workday(day("2026-12-31"))
    work()
    assert not calendar().is_workday(day("2026-12-31"))
    job.refresh_from_db()
    assert (job.status, job.result_url) == ("done", "/calendar/")
    administrator.post("/calendar/day/", {"on": "2026-12-31", "kind": "holiday", "remove": "1"})
    work()
    assert calendar().is_workday(day("2026-12-31"))


def test_a_year_and_other_hours_are_brought_in_by_a_job_and_what_moved_is_told(enter, much):
    administrator = enter("administrator")
    bring_in(administrator, text=NOTICE, confirmed="1")
    hours = {f"day{number}": "10:00-12:00" for number in range(7)}
    administrator.post("/calendar/hours/", hours)
    assert not CalendarYear.objects.filter(year=2027).exists()
    work()

    assert CalendarYear.objects.filter(year=2027).exists()
    assert set(WorkWindow.objects.values_list("opens", "closes")) == {(time(10), time(12))}
    for job in Job.objects.all():
        assert job.status == "done"
        assert "planned thing" in job.result


def test_a_change_that_is_refused_leaves_everything_as_it_was(enter, much):
    administrator = enter("administrator")
    bring_in(administrator, text="no days", confirmed="1")
    work()

    assert Job.objects.get().status == "failed"
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_another_review_window_is_set_by_a_job_the_other_settings_at_once(enter, much):
    administrator = enter("administrator")
    look = Look(user=administrator.user, today=AT.date(), now=AT, language="en")
    assert jobs.moves_much(look)
    CompanyPage.save(company(), {"review_days": 5, "phone": "1"}, by=administrator.user, at=AT, on=AT.date(), seen=None)

    assert (company().review_days, company().phone) == (3, "1")
    work()
    assert company().review_days == 5
