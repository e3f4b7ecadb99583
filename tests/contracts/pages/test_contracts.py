"""What a person does with contracts through the screens; coverage is tested with warranty."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from base.chatter.models import Attachment
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract, Customer
from contracts.queries import next_number
from tests.chain import ON, accepted, signed, verbs
from tests.factories import ContactFactory, ContractFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def certificate(name="certificate.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def typed(contract=None, **changed):
    """What the form sends back for a contract."""
    return {
        "version": contract.version if contract else "",
        "number": contract.number if contract else "HT-2026-0001",
        "status": "active",
        "customer": contract.customer_id if contract else CustomerFactory().pk,
        "project": "Platform",
        "amount_0": "1200000.00",
        "amount_1": "CNY",
        "signed_on": "2026-01-10",
        "free_months": 12,
        "inspections_per_year": 2,
        "cap_rate": "20",
        "renewal_rate": "15",
        "renewal_mode": "auto",
        "renewal_months": 12,
        "note": "",
        **changed,
    }


# --- new and edit


@pytest.mark.parametrize(
    ("taken", "proposed"),
    [
        ([], "HT-2026-0001"),
        (["WB-2025-0107"], "WB-2026-0001"),
        (["WB-2026-0009", "WB-2026-0107"], "WB-2026-0108"),
        (["WB-2026-0200", "WB-2026-0107"], "WB-2026-0201"),
        (["采购合同"], "采购合同-1"),
        (["合同〔2026〕99号", "X9"], "X10"),
    ],
)
def test_the_next_free_number_is_proposed_in_the_newest_ones_hand(enter, taken, proposed):
    for number in taken:
        ContractFactory(number=number)

    assert next_number(ON) == proposed
    assert f'value="{proposed}"' in enter("director").get("/contracts/new/").content.decode()


def test_a_new_contract_belongs_to_the_manager_who_makes_it(enter):
    manager = enter("manager")
    form = manager.get("/contracts/new/").context["form"]
    assert (form.initial["manager"], form.initial["signed_on"]) == (manager.user.pk, ON)

    answer = manager.post("/contracts/new/", typed(manager=manager.user.pk))

    contract = Contract.objects.get()
    assert answer.url == f"/contracts/{contract.pk}/"
    assert (contract.amount, contract.renewal_rate, contract.manager) == (
        Money("1200000.00", "CNY"), contract.renewal_rate, manager.user,
    )  # fmt: skip
    assert str(contract.renewal_rate) == "0.1500"


def test_a_draft_is_put_in_force_by_a_move(enter):
    director = enter("director")
    director.post("/contracts/new/", typed(status="draft"))
    contract = Contract.objects.get()
    assert contract.status == ContractStatus.DRAFT

    director.post(f"/contracts/{contract.pk}/move/activate/", {"version": contract.version})

    contract.refresh_from_db()
    assert contract.status == ContractStatus.ACTIVE


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount_0": "0"}, "amount"),
        ({"amount_0": "-5"}, "amount"),
        ({"amount_0": "viel"}, "amount"),
        ({"amount_0": "1.50", "amount_1": "JPY"}, "amount"),
        ({"cap_rate": "20.5"}, "cap_rate"),
        ({"cap_rate": "10", "renewal_rate": "12"}, "renewal_rate"),
        ({"signed_on": "never"}, "signed_on"),
        ({"number": "HT-TAKEN"}, "number"),
        ({"manager": "engineer"}, "manager"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(enter, changed, field):
    ContractFactory(number="HT-TAKEN")
    if changed.get("manager") == "engineer":
        changed = {"manager": UserFactory(role="engineer").pk}

    answer = enter("director").post("/contracts/new/", typed(project="Port of Pearls", **changed))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert b"Port of Pearls" in answer.content
    assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "rate", "told"),
    [
        ("en", "25", ["At most 20 %."]),
        ("zh-hans", "25", ["至多 20%。"]),
        ("en", "0", ["At least 0.01 %."]),
        ("en", "12.345", ["Ensure that there are no more than 2 decimal places."]),
        ("en", "20.00 %", None),
    ],
)
def test_a_rate_is_complained_about_in_per_cent(enter, language, rate, told):
    director = enter(UserFactory(role="director", language=language))
    answer = director.post("/contracts/new/", typed(cap_rate=rate))
    if told is None:
        assert str(Contract.objects.get().cap_rate) == "0.2000"
    else:
        assert dict(answer.context["form"].errors) == {"cap_rate": told}


def test_what_coverage_rests_on_is_no_longer_in_the_form(enter):
    contract = accepted()

    fields = enter("director").get(f"/contracts/{contract.pk}/edit/").context["form"].fields

    assert not {"amount", "free_months", "same_day", "status"} & set(fields)
    assert {"renewal_rate", "contact", "title", "engineer"} <= set(fields)


def test_a_manager_who_left_is_not_lost_by_a_save(enter):
    contract = signed(manager=UserFactory(role="manager", is_active=False))
    director = enter("director")
    values = typed(contract, manager=contract.manager_id, contact=contract.contact_id)

    assert f'value="{contract.manager_id}" selected' in director.get(f"/contracts/{contract.pk}/edit/").content.decode()
    assert director.post(f"/contracts/{contract.pk}/edit/", values).status_code == 302
    contract.refresh_from_db()
    assert contract.manager is not None


def test_the_mails_reader_is_one_of_the_customers_own_people(enter):
    contract, foreign = signed(), ContactFactory()
    director = enter("director")

    page = director.get(f"/contracts/{contract.pk}/edit/").content.decode()
    assert f'<option value="{contract.contact_id}" selected>' in page
    answer = director.post(f"/contracts/{contract.pk}/edit/", typed(contract, contact=foreign.pk))

    assert list(answer.context["form"].errors) == ["contact"]


def test_a_save_on_an_older_version_is_refused(enter):
    contract = signed(version=4)

    answer = enter("director").post(f"/contracts/{contract.pk}/edit/", typed(contract, version=3))

    assert answer.status_code == 422
    assert Contract.objects.get().project == "Dispatching platform"


# --- moves


def test_a_milestone_is_recorded_with_its_certificate(enter):
    contract = signed()
    data = {"asked": 1, "version": 0, "milestone": "go_live", "reached_on": "2026-03-01", "file": certificate()}

    answer = enter("director").post(f"/contracts/{contract.pk}/move/milestone/", data)

    contract.refresh_from_db()
    assert (answer.status_code, contract.go_live_on) == (302, date(2026, 3, 1))
    assert Attachment.objects.get().label == "go_live"
    assert verbs(contract) == ["milestone", "file_added"]


@pytest.mark.parametrize("day", ["2026-11-23", "2022-01-09"])
def test_a_milestone_that_cannot_be_is_refused_with_its_file(enter, day):
    contract = signed()
    data = {"asked": 1, "version": 0, "milestone": "go_live", "reached_on": day, "file": certificate()}

    answer = enter("director").post(f"/contracts/{contract.pk}/move/milestone/", data)

    assert list(answer.context["form"].errors) == ["reached_on"]
    assert not Attachment.objects.exists()


def test_a_file_that_is_not_what_it_says_leaves_no_milestone(enter):
    contract = signed()
    fake = SimpleUploadedFile("certificate.pdf", b"<html>", "application/pdf")
    data = {"asked": 1, "version": 0, "milestone": "go_live", "reached_on": "2026-03-01", "file": fake}

    answer = enter("director").post(f"/contracts/{contract.pk}/move/milestone/", data)

    contract.refresh_from_db()
    assert list(answer.context["form"].errors) == ["file"]
    assert contract.go_live_on is None


def test_an_amendment_shows_both_caps_before_it_is_recorded(enter):
    contract = accepted()
    director, address = enter("director"), f"/contracts/{contract.pk}/move/amend/"
    data = {
        "asked": 1, "version": contract.version, "number": "A-1", "signed_on": "2026-11-20", "effective_on": "2026-12-01",
        "amount_0": "1500000", "amount_1": "CNY", "renewal_rate": "", "note": "Second stage",
    }  # fmt: skip

    asked = director.post(address, data).content.decode()
    assert "CNY 240,000.00" in asked
    assert "CNY 300,000.00" in asked
    assert not Amendment.objects.exists()

    director.post(address, {**data, "confirmed": 1})
    assert Amendment.objects.get().amount == Money("1500000", "CNY")
    assert "CNY 300,000.00" in director.get(f"/contracts/{contract.pk}/?tab=amendments").content.decode()


def test_an_amendment_that_says_nothing_is_refused(enter):
    contract = accepted()
    data = {
        "asked": 1,
        "signed_on": "2026-11-20",
        "effective_on": "2026-12-01",
        "amount_0": "",
        "amount_1": "CNY",
        "confirmed": 1,
    }

    answer = enter("director").post(f"/contracts/{contract.pk}/move/amend/", data)

    assert list(answer.context["form"].errors) == ["note"]


def test_the_renewal_wish_is_kept_shown_and_taken_back(enter):
    contract = accepted()
    director, address = enter("director"), f"/contracts/{contract.pk}/move/wish/"

    director.post(address, {"asked": 1, "wish": "snooze", "snoozed_until": "2027-01-10", "reason": "Budget in January"})
    assert "The renewal waits until" in director.get(f"/contracts/{contract.pk}/").content.decode()
    director.post(address, {"asked": 1, "wish": "never", "reason": "Replaced"})
    page = director.get(f"/contracts/{contract.pk}/").content.decode()
    assert "No renewal is offered: Replaced" in page
    assert not contract.plan.filter(kind="renewal_quote", state="planned").exists()

    director.post(address, {"asked": 1, "wish": "offer", "snoozed_until": "", "reason": ""})
    contract.refresh_from_db()
    assert (contract.no_renewal_reason, contract.snoozed_until) == ("", None)
    assert contract.plan.filter(kind="renewal_quote", state="planned").exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [({"wish": "snooze", "reason": "x"}, "snoozed_until"), ({"wish": "never", "reason": " "}, "reason"), ({}, "wish")],
)
def test_a_wish_without_its_day_or_reason_is_refused(enter, data, field):
    answer = enter("director").post(f"/contracts/{accepted().pk}/move/wish/", {"asked": 1, **data})

    assert list(answer.context["form"].errors) == [field]


def test_a_contract_is_terminated_and_taken_back(enter):
    contract = accepted()
    director = enter("director")

    director.post(f"/contracts/{contract.pk}/move/terminate/", {"asked": 1, "on": "2026-11-22", "reason": "Insolvent"})
    contract.refresh_from_db()
    assert (contract.status, contract.terms.get().last_day) == (ContractStatus.TERMINATED, ON)
    assert director.get(f"/contracts/{contract.pk}/edit/").status_code == 403

    director.post(f"/contracts/{contract.pk}/move/reactivate/", {"asked": 1, "reason": "Saved"})
    contract.refresh_from_db()
    assert (contract.status, contract.terms.get().last_day) == (ContractStatus.ACTIVE, date(2027, 1, 15))


def test_a_termination_is_taken_back_by_a_director_only(enter):
    contract = accepted()
    manager = enter(contract.manager)
    manager.post(f"/contracts/{contract.pk}/move/terminate/", {"asked": 1, "on": "2026-11-22", "reason": "Insolvent"})

    assert manager.post(f"/contracts/{contract.pk}/move/reactivate/", {"asked": 1, "reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("director", 302), ("administrator", 302), ("manager", 403), ("finance", 403)]
)
def test_contracts_are_handed_over_by_directors_and_administrators(enter, role, status):
    contracts, heir = [signed(), signed()], UserFactory(role="manager")
    data = {"id": [each.pk for each in contracts], "asked": 1, "to": heir.pk, "query": ""}

    answer = enter(role).post("/contracts/bulk/hand_over/", data)

    assert answer.status_code == status
    moved = Contract.objects.filter(manager=heir).count()
    assert moved == (2 if status == 302 else 0)


def test_contracts_move_to_a_customer_of_their_own(enter):
    one, two, stays = (signed(number=f"WB-{n}") for n in "123")
    chosen = {"id": [one.pk, two.pk], "asked": 1, "query": ""}
    director = enter("director")

    both = director.post("/contracts/bulk/split/", chosen | {"name": "新客户", "to": stays.customer.pk})
    assert both.status_code == 422
    director.post("/contracts/bulk/split/", chosen | {"name": "新客户"})

    new = Customer.objects.get(name="新客户")
    assert set(new.contracts.all()) == {one, two}


@pytest.mark.parametrize("wrong", ["0001-01-01", "0025-03-04", "9999-12-31"])
def test_a_year_nobody_means_is_refused_at_its_field(enter, wrong):
    contract, director = accepted(), enter("director")
    for field in ("signed_on", "go_live_on"):
        answer = director.post(f"/contracts/{contract.pk}/edit/", typed(contract, **{field: wrong}))
        assert "between 1950 and 2150" in str(answer.context["form"].errors[field])
    for move, field in (
        ("terminate", "on"),
        ("goodwill", "first_day"),
        ("quote", "first_day"),
        ("amend", "effective_on"),
    ):
        answer = director.post(f"/contracts/{contract.pk}/move/{move}/", {"asked": 1, field: wrong})
        assert "between 1950 and 2150" in str(answer.context["form"].errors[field]), move


def test_a_stored_slip_of_the_keyboard_leaves_the_sheet_open(enter):
    contract = accepted()
    Contract.objects.filter(pk=contract.pk).update(signed_on="0001-01-01", go_live_on="9999-12-31")
    assert enter("director").get(f"/contracts/{contract.pk}/").status_code == 200


def test_a_sum_beyond_all_sums_is_refused_at_its_field(enter):
    contract = accepted()
    data = {
        "asked": 1,
        "signed_on": "2026-11-22",
        "effective_on": "2026-11-22",
        "amount_0": "9" * 17,
        "amount_1": "CNY",
    }
    answer = enter("director").post(f"/contracts/{contract.pk}/move/amend/", data)
    assert "amount" in answer.context["form"].errors


# --- list


def numbers(answer):
    return [each.number for each in answer.context["listing"].records]


def test_delivered_contracts_are_chased_with_the_day_silence_counts_as_acceptance(enter):
    ContractFactory(number="LIVE", go_live_on="2026-10-01", deemed_acceptance_on="2026-12-01")
    ContractFactory(number="SOON", go_live_on="2027-01-01")
    ContractFactory(number="NOT")
    director = enter("director")

    answer = director.get("/contracts/?quick=delivered")

    assert numbers(answer) == ["LIVE"]
    assert "in 9 days" in answer.content.decode()
    assert sorted(numbers(director.get("/contracts/?quick=not_accepted"))) == ["LIVE", "NOT", "SOON"]


def test_a_ledgers_manager_without_a_log_in_is_shown_and_on_the_unassigned_list(enter):
    ContractFactory(manager_name="老王")

    page = enter("director").get("/contracts/?quick=unassigned").content.decode()

    assert "老王 (no log-in)" in page


def test_mine_are_ones_own_and_those_one_deputises_for(enter):
    manager = enter("manager")
    away = UserFactory(role="manager", deputy=manager.user)
    ContractFactory(number="OWN", manager=manager.user)
    ContractFactory(number="DEPUTY", manager=away)
    ContractFactory(number="FOREIGN", manager=UserFactory(role="manager"))

    assert sorted(numbers(manager.get("/contracts/?quick=mine"))) == ["DEPUTY", "OWN"]
    assert sorted(numbers(manager.get("/contracts/"))) == ["DEPUTY", "OWN"]


def test_nobody_without_the_right_reads_a_price(enter):
    engineer = enter("engineer")
    contract = accepted(engineer=engineer.user, amount=Money("7654321", "CNY"))
    contract.amendments.create(amount=Money("8765432", "CNY"), signed_on=ON, effective_on=ON)

    for path in ("", f"{contract.pk}/", f"{contract.pk}/?tab=amendments"):
        page = engineer.get(f"/contracts/{path}")
        assert page.status_code == 200
        assert "7,654,321" not in page.content.decode()
        assert "8,765,432" not in page.content.decode()
        assert "1,530,864" not in page.content.decode()


# --- the amount in force -----------------------------------------------------------------------------------------


def test_the_amount_in_force_is_shown_summed_sorted_and_filtered_with_the_signed_one_beside_it(enter, frozen):
    amended = ContractFactory(number="HT-1", amount=Money("950000.00", "CNY"))
    ContractFactory(number="HT-2", amount=Money("1000000.00", "CNY"))
    for day, amount in ((ON - timedelta(days=30), "1100000.00"), (ON + timedelta(days=30), "5000000.00")):
        Amendment.objects.create(contract=amended, signed_on=ON, effective_on=day, amount=Money(amount, "CNY"))
    director = enter("director")
    html = director.get("/contracts/?sort=amount").content.decode()
    assert html.index("HT-2") < html.index("HT-1"), "1,000,000 comes before the 1,100,000 in force"
    assert "CNY 2,100,000.00" in html, "the sum"
    assert "signed: CNY 950,000.00" in html
    found = director.get("/contracts/?amount_min=1050000&amount_max=1200000").content.decode()
    assert "HT-1" in found
    assert "HT-2" not in found
    sheet = director.get(f"/contracts/{amended.pk}/").content.decode()
    assert "CNY 1,100,000.00" in sheet
    assert "signed: CNY 950,000.00" in sheet


@pytest.mark.parametrize("path", ["/contracts/", "/contracts/?sort=-amount", "/contracts/export.csv"])
def test_a_list_asks_as_often_for_ten_contracts_as_for_two(director, path):
    client = Client()
    client.force_login(director)
    ContractFactory.create_batch(2)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    queries()
    few = queries()
    ContractFactory.create_batch(8)
    assert queries() == few
