"""Who is calling, what is taken without a contract, and what work outside coverage costs."""

from datetime import timedelta

import pytest
from moneyed import Money

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from contracts.models import Customer
from service import operations, prices
from service.calls import LIMIT, open_of, who_calls
from service.models import PriceLine, ServiceRequest
from tests.chain import AT, ON, accepted, cny, day, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def port(manager):
    """A customer with a contact, a contract that is covered and one that no longer is."""
    customer = CustomerFactory(name="明珠港务有限公司", initials="mzgwyxgs")
    person = ContactFactory(customer=customer, name="王芳", phone="0571-5550 0199", email="wang@example.com")
    lapsed = accepted(
        day("2024-01-15"), number="WB-2023-0007", project="门户", customer=customer, contact=person, manager=manager
    )
    covered = accepted(
        day("2026-01-15"), number="WB-2025-0009", project="档案系统", customer=customer, contact=person, manager=manager
    )
    accepted(number="HT-1", project="Something else", contact=None)
    return customer, person, covered, lapsed


def found(text, user):
    return [
        (each.contact and each.contact.name, each.contract and each.contract.number)
        for each in who_calls(text, user=user, on=ON)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0571-55500199",
        "057155500199",
        "0571 5550 0199",
        "5550 0199",
        "(0571) 5550-0199",
        "+86 571 5550 0199",
        "008657155500199",
        "８６-571-55500199",
        "王芳",
        "王",
        "明珠港务",
        "mzgw",
    ],
)
def test_a_caller_is_found_by_number_name_or_customer(text, port, desk):
    assert found(text, desk) == [("王芳", "WB-2025-0009"), ("王芳", "WB-2023-0007")]


@pytest.mark.parametrize("text", ["WB-2025-0009", "wb-2025", "WB20250009", "wb2025 0009", "档案", "明珠 档案"])
def test_a_system_or_number_finds_its_contract(text, port, desk):
    assert found(text, desk)[0] == ("王芳", "WB-2025-0009")


@pytest.mark.parametrize("text", ["", "   ", "no such thing", "999999", "55", "%", "_"])
def test_nothing_finds_nobody(text, port, desk):
    assert found(text, desk) == []


def test_who_rang_before_is_found_by_the_number_they_rang_from(port, desk, taken):
    _customer, _person, covered, _lapsed = port
    taken(covered, phone="137 1111 2222", caller="小李", title="Slow search")
    taken(covered, phone="13711112222", caller="小李", title="Slower search")
    for text in ("13711112222", "+86 137-1111-2222", "1111 2222"):
        [match] = who_calls(text, user=desk, on=ON)
        assert (match.contract, match.earlier.caller, match.contact) == (covered, "小李", None)
    assert who_calls("13711112222", user=UserFactory(role="manager"), on=ON) == []


def test_what_is_open_on_a_contract_stands_beside_the_caller(port, desk, taken):
    _customer, _person, covered, _lapsed = port
    first, second = taken(covered), taken(covered, title="Print")
    operations.close_request(request=first, reason="x", by=desk, at=AT)
    assert open_of([covered], desk) == {covered.pk: [second]}
    assert open_of([covered], UserFactory(role="engineer")) == {covered.pk: []}


def test_the_coverage_is_todays(port, desk):
    assert [each.coverage.value for each in who_calls("王芳", user=desk, on=ON)] == ["free", "lapsed"]


def test_only_what_one_may_see_is_found(port, manager):
    stranger = UserFactory(role="manager")
    for text in ("057155500199", "王芳", "明珠港务", "WB-2025-0009"):
        assert found(text, stranger) == []
        assert len(found(text, manager)) > 0


def test_a_customer_without_a_contract_is_offered_to_who_may_help_it(desk):
    customer = CustomerFactory(name="Lone Lighthouse")
    ContactFactory(customer=customer, name="Keeper", phone="0571 777 8888")
    for text in ("lone", "05717778888", "keeper"):
        [match] = who_calls(text, user=desk, on=ON)
        assert (match.customer, match.contract) == (customer, None)
    assert who_calls("lone", user=UserFactory(role="manager"), on=ON) == []


def test_a_long_list_is_cut_and_costs_the_same(desk, django_assert_max_num_queries):
    for n in range(3):
        accepted(number=f"ZZ-{n}")
    with django_assert_max_num_queries(12) as few:
        assert len(who_calls("ZZ-", user=desk, on=ON)) == 3
    for n in range(3, LIMIT + 3):
        accepted(number=f"ZZ-{n}")
    with django_assert_max_num_queries(len(few)):
        assert len(who_calls("ZZ-", user=desk, on=ON)) == LIMIT


# --- without a contract ----------------------------------------------------------------------------------------------


def call(by, **more):
    values = {"title": "No light", "request_class": "general", **more.pop("values", {})}
    given = {"contract": None, "customer": Customer.objects.order_by("pk").first(), **more}
    return operations.take_request(**given, values=values, reported_at=AT - timedelta(minutes=5), by=by, at=AT)


def test_a_known_customer_is_helped_without_a_contract(desk):
    person = ContactFactory()
    request = call(desk, values={"contact": person})
    assert (request.customer, request.contract, request.coverage, request.term) == (person.customer, None, "", None)
    assert (request.phase, request.sla.policy.is_default) == ("maintenance", True)
    assert request.respond_by is not None
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("request_taken_uncovered", person.email)
    operations.answer_request(request=request, text="Coming", by=desk, at=AT)
    operations.resolve_request(request=request, solution="Lit", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    assert ServiceRequest.objects.get().status == "closed"


def test_nobody_is_written_to_whom_nobody_named(desk):
    CustomerFactory()
    call(desk)
    assert not OutgoingMail.objects.exists()


def test_who_does_not_see_all_requests_names_the_contract(manager):
    CustomerFactory()
    with pytest.raises(Refused) as refusal:
        call(manager)
    assert refusal.value.field == "contract"


def test_a_contact_is_the_customers_own(desk):
    CustomerFactory()
    with pytest.raises(Refused) as refusal:
        call(desk, values={"contact": ContactFactory()})
    assert refusal.value.field == "contact"
    request = call(desk)
    with pytest.raises(Refused):
        operations.edit_request(request=request, values={"contact": ContactFactory()}, by=desk, at=AT)


# --- the price -------------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(taken):
    return taken(accepted(day("2024-01-15")), request_class="serious")


def price(request, by, **more):
    values = {"text": "Two days", "amount": cny("3200.00"), "agreed_on": None, "agreed_by": "", **more}
    return prices.save_price(line=PriceLine(request=request), values=values, by=by, at=AT)


def test_a_price_is_offered_agreed_and_invoiced_once_it_is_closed(outside, desk):
    line = price(outside, desk)
    price(outside, desk, text="A tape", amount=cny("800.00"))
    agreed = {"text": "Two days", "amount": cny("3000.00"), "agreed_on": ON, "agreed_by": "Mr Li"}
    prices.save_price(line=line, values=agreed, by=desk, at=AT)
    assert verbs(outside)[-3:] == ["price_added", "price_added", "price_changed"]
    operations.resolve_request(request=outside, solution="x", by=desk, at=AT)
    assert not Todo.objects.filter(kind="request_to_invoice").exists()
    operations.close_request(request=outside, by=desk, at=AT)
    todo = Todo.objects.get(kind="request_to_invoice", done_at=None)
    assert todo.assignee == outside.contract.manager
    assert todo.params["sum"] == {"amount": "3000.00", "currency": "CNY"}


def test_what_was_not_agreed_is_not_invoiced(outside, desk):
    price(outside, desk)
    operations.close_request(request=outside, reason="Withdrawn", by=desk, at=AT)
    assert not Todo.objects.filter(kind="request_to_invoice").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"amount": cny("0")}, "amount"), ({"amount": cny("-1")}, "amount"), ({"amount": Money(5, "USD")}, "amount"),
     ({"agreed_on": ON}, "agreed_by"), ({"agreed_by": "Mr Li"}, "agreed_on"),
     ({"agreed_on": day("2026-11-23"), "agreed_by": "Mr Li"}, "agreed_on")],
)  # fmt: skip
def test_what_is_no_price(outside, desk, values, field):
    with pytest.raises(Refused) as refusal:
        price(outside, desk, **values)
    assert refusal.value.field == field
    assert not PriceLine.objects.exists()


def test_what_was_agreed_is_not_taken_away(outside, desk):
    open_, agreed = price(outside, desk), price(outside, desk, agreed_on=ON, agreed_by="Mr Li")
    prices.remove_price(line=open_, by=desk, at=AT)
    with pytest.raises(Refused):
        prices.remove_price(line=agreed, by=desk, at=AT)
    assert list(PriceLine.objects.all()) == [agreed]


def test_who_sets_a_price(outside, desk, engineer):
    with pytest.raises(NotAllowed):
        price(outside, engineer)
    operations.close_request(request=outside, reason="x", by=desk, at=AT)
    with pytest.raises(Refused):
        price(outside, desk)
