"""The company's profile as an administrator changes it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.accounts.models import Role
from base.company.models import Company
from base.company.operations import NOT_SETTINGS
from base.company.queries import company
from console.forms import CompanyForm
from console.pages.company import CompanyPage
from tests.chain import accepted, day, row, verbs
from tests.pictures import drawn

pytestmark = pytest.mark.django_db

PNG = drawn(60, 20)


def typed(**changed):
    values = {
        "name": "华岳系统集成有限公司",
        "name_en": "Huayue",
        "credit_code": "",
        "address": "",
        "phone": "",
        "hotline": "400-555",
        "bank_name": "",
        "bank_account": "",
        "sender_name": "",
        "sender_email": "service@example.com",
        "time_zone": "Asia/Shanghai",
        "daily_run_at": "07:30",
        "review_days": "3",
        "approval_deviation": "12.5",
        "access_months": "12",
        "contact_years": "",
        "caller_years": "5",
        "signer_years": "",
        "job_file_days": "7",
        "version": company().version,
    }
    return values | changed


def save(browser, **changed):
    return browser.post("/company/1/edit/", typed(**changed))


def test_the_menu_leads_straight_to_the_one_company(enter):
    administrator = enter("administrator")
    assert administrator.get("/company/").url == "/company/1/"
    shown = administrator.get("/company/1/").content.decode()
    assert "Monday – Friday" in shown
    assert "09:00–12:00, 13:00–18:00" in shown
    assert "/calendar/hours/" in shown


def test_what_was_typed_is_stored_with_its_event(enter):
    assert save(enter("administrator")).status_code == 302
    us = company()
    assert (us.name, us.sender_email, f"{us.daily_run_at:%H:%M}", str(us.approval_deviation)) == (
        "华岳系统集成有限公司",
        "service@example.com",
        "07:30",
        "0.1250",
    )
    assert verbs(us)[-1] == "changed"


def test_a_save_that_comes_too_late_is_told(enter):
    administrator = enter("administrator")
    seen = company().version
    save(administrator)

    answer = save(administrator, version=seen, name="Another")

    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.content.decode()
    assert "华岳系统集成有限公司" in answer.content.decode()
    assert company().name == "华岳系统集成有限公司"


def test_a_logo_is_checked_by_its_content_shown_and_removed(enter):
    administrator = enter("administrator")

    refused = save(administrator, logo=SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"))
    assert "not what its name says" in str(refused.context["form"].errors["logo"])
    refused = save(administrator, logo=SimpleUploadedFile("logo.png", PNG + bytes(2 * 2**20)))
    assert "larger than 2 MB" in str(refused.context["form"].errors["logo"])
    assert not company().logo

    save(administrator, logo=SimpleUploadedFile("logo.png", PNG))
    with company().logo.open() as kept:
        assert kept.read().startswith(b"\x89PNG")
    assert "/q/logo/" in administrator.get("/company/1/").content.decode()

    save(administrator)
    assert company().logo, "another save keeps it"
    save(administrator, remove_logo="on")
    assert not company().logo


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("sender_email", "no address"),
        ("review_days", "31"),
        ("approval_deviation", "101"),
        ("daily_run_at", "25:00"),
        ("name", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(enter, field, value):
    answer = save(enter("administrator"), **{field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_deviation_is_complained_about_in_per_cent(enter):
    answer = save(enter("administrator"), approval_deviation="500")
    assert answer.context["form"].errors["approval_deviation"] == ["At most 100 %."]


def test_another_review_window_moves_what_rests_on_it(enter):
    contract = accepted(day("2026-03-10"))
    before = row(contract, "renewal_send").due_on

    save(enter("administrator"), review_days="5")

    assert row(contract, "renewal_send").due_on > before


@pytest.mark.parametrize("role", Role)
def test_who_may_look_and_who_may_change(enter, role):
    browser = enter(role)
    may_look = role in (Role.ADMINISTRATOR, Role.DIRECTOR, Role.AUDITOR)
    assert browser.get("/company/1/").status_code == (200 if may_look else 403)
    assert browser.get("/company/1/edit/").status_code == (200 if role == Role.ADMINISTRATOR else 403)
    answer = browser.post("/company/1/message/", {"text": "hello"})
    # The auditor writes to nobody: he looks, and changes nothing.
    assert answer.status_code == (403 if role == Role.AUDITOR else 302 if may_look else 404)


def test_each_setting_is_typed_and_shown():
    settings = {field.name for field in Company._meta.fields} - NOT_SETTINGS
    shown = {
        column if isinstance(column, str) else column.name for group in CompanyPage.sheet for column in group.fields
    }

    assert settings - set(CompanyForm.Meta.fields) == set()
    assert settings - shown == set()
