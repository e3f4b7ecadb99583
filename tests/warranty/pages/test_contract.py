"""What coverage adds to the list and the sheet of contracts."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.chatter.models import Attachment
from contracts.models import Contract
from tests.chain import ON, accepted, paid_term, renewed, row, signed, verbs
from tests.factories import ContractFactory
from tests.screens import HTMX
from warranty.models import MaintenanceTerm
from warranty.planning.holding import hold_action

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def ending(days, **values):
    """A contract whose free year ends so many days from today."""
    last = ON + timedelta(days=days)
    return accepted(date(last.year - 1, last.month, last.day), planned_on=ON, **values)


def numbers(answer):
    return sorted(each.number for each in answer.context["listing"].records)


# --- list


def test_coverage_of_the_day_and_its_end_stand_in_the_list(enter):
    ending(40, number="FREE")
    ending(-40, number="OVER")
    ContractFactory(number="LIVE", go_live_on="2026-10-01")
    director = enter("director")

    listed = director.get("/contracts/").context["listing"].records
    assert {each.number: (each.coverage, each.coverage_end) for each in listed} == {
        "FREE": ("free", date(2027, 1, 1)),
        "OVER": ("lapsed", date(2026, 10, 13)),
        "LIVE": ("trial", None),
    }
    for kind, number in {"free": "FREE", "lapsed": "OVER", "trial": "LIVE"}.items():
        assert numbers(director.get(f"/contracts/?coverage={kind}")) == [number]
    by_end = director.get("/contracts/?sort=coverage_end").context["listing"].records
    assert [each.number for each in by_end] == ["OVER", "FREE", "LIVE"]
    ends = "coverage_end_after=2027-01-01&coverage_end_before=2027-01-01"
    assert numbers(director.get(f"/contracts/?{ends}")) == ["FREE"]


def test_what_ends_soon_what_is_to_be_renewed_and_what_is_to_be_won_back(enter):
    ending(0, number="D000")
    ending(30, number="D030")
    ending(31, number="D031")
    ending(90, number="D090")
    ending(91, number="D091")
    ending(20, number="NEVER", no_renewal_reason="Replaced")
    ending(20, number="SNOOZED", snoozed_until=ON + timedelta(days=5), snooze_reason="Budget")
    paid_term(ending(20, number="RENEWED"), "100000.00")
    ending(-1, number="LAPSED")
    ending(-1, number="GONE", no_renewal_reason="Replaced")
    director = enter("director")

    def quick(name):
        return numbers(director.get(f"/contracts/?quick={name}"))

    assert quick("ends_30") == ["D000", "D030", "NEVER", "SNOOZED"]
    assert quick("ends_60") == ["D000", "D030", "D031", "NEVER", "SNOOZED"]
    assert quick("ends_90") == ["D000", "D030", "D031", "D090", "NEVER", "SNOOZED"]
    assert quick("to_renew") == ["D000", "D030", "D031", "D090"]
    assert quick("lapsed") == ["LAPSED"]


def test_the_list_takes_as_many_queries_for_three_contracts_as_for_one(enter):
    director = enter("director")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert director.get("/contracts/?quick=ends_90").status_code == 200
        return len(seen)

    ending(10)
    queries()
    one = queries()
    ending(20), paid_term(ending(30), "100000.00")
    assert queries() == one


# --- acceptance


def test_final_acceptance_is_recorded_with_its_certificate(enter):
    contract = signed(go_live_on="2026-10-01")
    manager = enter(contract.manager)
    file = SimpleUploadedFile("验收证书.pdf", PDF, "application/pdf")
    address = f"/contracts/{contract.pk}/move/accept/"

    assert "Record final acceptance" in manager.get(address, headers=HTMX).content.decode()
    answer = manager.post(address, {"asked": 1, "version": 0, "accepted_on": "2026-11-20", "file": file})

    contract.refresh_from_db()
    term = contract.terms.get()
    assert (answer.status_code, term.first_day, term.last_day) == (302, date(2026, 11, 20), date(2027, 11, 20))
    assert (Attachment.objects.get().label, Attachment.objects.get().name) == ("final_acceptance", "验收证书.pdf")
    assert verbs(contract) == ["accepted", "file_added"]
    page = manager.get(f"/contracts/{contract.pk}/").content.decode()
    assert "2026-11-20 – 2027-11-20" in page
    assert 'CNY 1,200,000.00</span> × 20 % = <b><span class="money">CNY 240,000.00' in page


@pytest.mark.parametrize("day", ["2026-11-23", "2022-01-09", "soon"])
def test_an_acceptance_that_cannot_be_is_refused_and_leaves_nothing(enter, day):
    contract = signed()
    file = SimpleUploadedFile("certificate.pdf", PDF, "application/pdf")

    answer = enter("director").post(
        f"/contracts/{contract.pk}/move/accept/", {"asked": 1, "accepted_on": day, "file": file}
    )

    assert list(answer.context["form"].errors) == ["accepted_on"]
    assert not MaintenanceTerm.objects.exists()
    assert not Attachment.objects.exists()


def test_a_bad_certificate_leaves_the_contract_unaccepted(enter):
    contract = signed()
    file = SimpleUploadedFile("certificate.exe", b"MZ", "application/pdf")

    answer = enter("director").post(
        f"/contracts/{contract.pk}/move/accept/", {"asked": 1, "accepted_on": "2026-11-20", "file": file}
    )

    contract.refresh_from_db()
    assert list(answer.context["form"].errors) == ["file"]
    assert contract.final_acceptance_on is None


def test_a_correction_shows_terms_and_plan_before_and_after_and_changes_nothing_yet(enter):
    contract = accepted(date(2026, 1, 15), planned_on=ON)
    director, address = enter("director"), f"/contracts/{contract.pk}/move/correct/"
    data = {"asked": 1, "version": contract.version, "accepted_on": "2026-01-25", "reason": "The certificate says so"}

    page = director.post(address, data).content.decode()
    assert "2026-01-15 … 2027-01-15" in page
    assert "2026-01-25 … 2027-01-25" in page
    assert "The renewal quote is drafted" not in page  # 90 days before either end lie behind today: due at once
    assert "The renewal quote expires" in page
    contract.refresh_from_db()
    assert contract.final_acceptance_on == date(2026, 1, 15)
    assert contract.terms.get().last_day == date(2027, 1, 15)

    assert director.post(address, {**data, "confirmed": 1}).status_code == 302
    contract.refresh_from_db()
    assert contract.terms.get().last_day == date(2027, 1, 25)
    assert verbs(contract)[-1] == "acceptance_corrected"


def test_a_correction_that_is_refused_says_so_at_its_preview(enter):
    contract = renewed(accepted(date(2026, 1, 15), planned_on=ON)).contract

    answer = enter("director").post(
        f"/contracts/{contract.pk}/move/correct/", {"asked": 1, "accepted_on": "2026-01-25", "reason": "x"}
    )

    assert "A renewal was accepted on top" in answer.content.decode()
    assert "confirmed" not in answer.content.decode()


def test_goodwill_follows_the_last_term_or_takes_lapsed_coverage_up_again(enter):
    running, lapsed = ending(30), ending(-30)
    director = enter("director")

    director.post(f"/contracts/{running.pk}/move/goodwill/", {"asked": 1, "months": 3, "first_day": ""})
    director.post(f"/contracts/{lapsed.pk}/move/goodwill/", {"asked": 1, "months": 1, "first_day": "2026-11-22"})
    refused = director.post(
        f"/contracts/{lapsed.pk}/move/goodwill/", {"asked": 1, "months": 1, "first_day": "2026-11-23"}
    )

    assert str(running.terms.get(kind="goodwill")) == "2026-12-23 … 2027-03-22"
    assert str(lapsed.terms.get(kind="goodwill")) == "2026-11-22 … 2026-12-21"
    assert list(refused.context["form"].errors) == ["first_day"]


# --- tabs


def test_terms_stand_with_both_ends_their_price_and_the_cap_written_out(enter):
    contract = accepted(date(2025, 1, 15))
    paid_term(contract, "180000.00")
    director = enter("director")

    page = director.get(f"/contracts/{contract.pk}/?tab=terms").content.decode()

    assert "2026-01-16" in page
    assert "2027-01-15" in page
    assert "CNY 180,000.00" in page
    assert "CNY 1,200,000.00 × 20 % = CNY 240,000.00" in page
    unpriced = enter("service_manager").get(f"/contracts/{contract.pk}/?tab=terms").content.decode()
    assert "2027-01-15" in unpriced
    assert "CNY" not in unpriced


def test_the_plan_shows_what_comes_next_first_and_what_may_be_done_with_it(enter):
    contract = accepted(date(2026, 1, 15), planned_on=ON)
    held = row(contract, "renewal_reminder", "7")
    director = enter("director")
    hold_action(action=held, reason="Talks are on", by=director.user, at=contract_at())

    rows = director.get(f"/contracts/{contract.pk}/?tab=plan").context["rows"]
    page = director.get(f"/contracts/{contract.pk}/?tab=plan").content.decode()

    opens = [tools["open"] for _line, tools in rows]
    assert opens == sorted(opens, reverse=True)
    assert [tools["pk"] for _line, tools in rows if tools["release"]] == [held.pk]
    assert "Talks are on" in page
    assert f"/plan/{held.pk}/move/release/" in page
    watched = enter("auditor").get(f"/contracts/{contract.pk}/?tab=plan").content.decode()
    assert "/move/hold/" not in watched


def contract_at():
    from tests.chain import AT

    return AT


def test_tabs_are_not_offered_to_those_who_may_not_see_them(enter):
    engineer = enter("engineer")
    contract = accepted(engineer=engineer.user)

    page = engineer.get(f"/contracts/{contract.pk}/")
    assert [each.name for each, _count in page.context["tabs"]] == [
        "inspections",
        "amendments",
        "requests",
        "promises",
        "visits",
    ]
    assert engineer.get(f"/contracts/{contract.pk}/tab/plan/").status_code == 404


def test_a_sheet_takes_as_many_queries_for_four_terms_as_for_two(enter):
    director = enter("director")
    short, long = accepted(date(2025, 1, 15)), accepted(date(2023, 1, 15))
    for contract in (short, long, long, long):
        paid_term(contract, "100000.00")

    def queries(contract):
        with CaptureQueriesContext(connection) as seen:
            assert director.get(f"/contracts/{contract.pk}/").status_code == 200
        return len(seen)

    queries(short)
    assert queries(long) == queries(short)
    assert Contract.objects.get(pk=long.pk).terms.count() == 4
