"""What is known of a person is taken away as a file or erased; papers and sums stay whole, and the chain holds."""

from datetime import timedelta

import pytest

from base.accounts.models import Role
from base.audit.erasure import erase_person, export_person
from base.audit.models import Erasure
from base.audit.personal import ERASED_NAME, Person, held, mentions, without, words_of
from base.audit.retention import keep_to_retention
from base.audit.sealing import seal
from base.audit.verifying import problems
from base.chatter.models import Event, Message
from base.chatter.operations import change, record, write_message
from base.company.models import Company
from base.documents.models import Document
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from base.mail.queue import record_bounce
from contracts.customers import save_customer_part
from contracts.models import Contact
from renewals.decisions import accept_quote
from renewals.models import RenewalQuote
from service.models import ServiceRequest
from service.operations import take_request
from tests.chain import AT, ON, accepted, sent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL = "王小芳", "13800138000", "wang.xf@example.com"


@pytest.fixture
def known(director):
    """王小芳 is a contact, called, accepted a quote, got mails, and is spoken of."""
    contract = accepted()
    contact = Contact(customer=contract.customer)
    values = {"name": NAME, "phone": PHONE, "email": EMAIL, "position": "科长", "language": ""}
    contact = save_customer_part(part=contact, values=values, by=director, at=AT)
    change(contract, {"contact": contact}, by=director, at=AT)
    quote = sent(contract)
    accept_quote(quote=quote, by=None, at=AT, on=ON, name=NAME)
    write_message(target=contract, text=f"{NAME}说下周付款，电话 {PHONE}", by=director, at=AT)
    record(contract, "changed", by=director, at=AT, changes={"project": ["甲", "乙"]}, note=f"问过{NAME}")
    return contract


def everything():
    """All that any table holds, papers' files and accounts left out."""
    from base.chatter.registry import our_models

    left_out = {"User", "Access", "Seal"}
    return "\n".join(
        str(list(model._base_manager.values())) for model in our_models() if model.__name__ not in left_out
    )


def test_erasing_leaves_nothing_of_the_person_and_the_chain_holds(known, director):
    seal(at=AT)
    papers = list(Document.objects.values_list("sha256", flat=True))
    price = RenewalQuote.objects.get().price
    assert NAME in everything()

    erasure = erase_person(person=Person(known.customer_id, NAME), target=known.customer, by=director, at=AT)

    left = everything()
    for word in (NAME, PHONE, EMAIL, "王"):
        assert word not in left.replace("负责人", "")
    assert Contact.objects.get(name=ERASED_NAME).email == ""
    assert RenewalQuote.objects.get().decided_by_name == ERASED_NAME
    assert RenewalQuote.objects.get().price == price
    assert list(Document.objects.values_list("sha256", flat=True)) == papers
    assert (erasure.is_open, erasure.by) == (False, director)
    assert Event.objects.get(verb="personal_data_erased").by == director
    seal(at=AT)
    assert list(problems(ON)) == []


def test_a_value_that_is_gone_without_an_erasure_is_found(known, director):
    seal(at=AT)
    erase_person(person=Person(known.customer_id, NAME), target=known.customer, by=director, at=AT)
    seal(at=AT)
    told = Event.objects.get(verb="personal_data_erased")
    Erasure.objects.update(is_open=True)
    forged = Event.objects.filter(note=f"erased: {told.pk}").first()
    Event._base_manager.filter(pk=forged.pk).update(note="erased: 987654")
    assert any("no event tells of an erasure" in each.text for each in problems(ON))
    Event._base_manager.filter(pk=forged.pk).update(note="李四")
    assert any("not the one that was sealed" in each.text for each in problems(ON))


def test_an_address_a_mail_bounced_from_goes_with_its_events(known, director):
    record_bounce(email=EMAIL, by=director, at=AT)
    erase_person(person=Person(known.customer_id, NAME), target=known.customer, by=director, at=AT)
    assert EMAIL not in everything()


def test_another_person_of_that_name_at_another_customer_stays(known, director):
    other = accepted()
    Contact.objects.create(customer=other.customer, name=NAME, phone="010-5555")
    erase_person(person=Person(known.customer_id, NAME), target=known.customer, by=director, at=AT)
    assert Contact.objects.get(name=NAME).phone == "010-5555"


def test_the_export_says_what_is_kept_and_is_told_without_the_name(known, director):
    told = export_person(person=Person(known.customer_id, NAME), customer=known.customer, by=director, at=AT)
    places = {each["record"] for each in told["rows"]}
    assert {"contracts.Contact", "renewals.RenewalQuote", "chatter.Message", "mail.OutgoingMail"} <= places
    assert any(NAME in str(each["values"]) for each in told["events"])
    event = Event.objects.get(verb="personal_data_exported")
    assert NAME not in str(event.changes) + event.note


def test_who_may_and_twice(known, director):
    person = Person(known.customer_id, NAME)
    for role in set(Role) - {Role.DIRECTOR, Role.ADMINISTRATOR}:
        with pytest.raises(NotAllowed):
            erase_person(person=person, target=known.customer, by=UserFactory(role=role), at=AT)
    erase_person(person=person, target=known.customer, by=director, at=AT)
    with pytest.raises(Refused):
        erase_person(person=person, target=known.customer, by=director, at=AT)
    with pytest.raises(Refused):
        export_person(person=Person(known.customer_id, ERASED_NAME + "x"), customer=known.customer, by=director, at=AT)
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAME, ERASED_NAME),
        (f"问过{NAME}，{PHONE}", f"问过{ERASED_NAME}，{ERASED_NAME}"),
        ("王", "王"),
        ({"a": [NAME, 1, None]}, {"a": [ERASED_NAME, 1, None]}),
    ],
)
def test_a_text_without_the_person(text, expected):
    assert without(text, {NAME, PHONE}, NAME) == expected


def test_a_name_of_one_character_is_found_only_where_it_stands_alone():
    assert mentions("王", {"王"}, "王")
    assert not mentions("王府井", {"王"}, "王")


def test_what_a_person_is_known_by(known):
    assert words_of(Person(known.customer_id, NAME)) == {NAME, PHONE, EMAIL}
    assert {each.model for each in held(Person(known.customer_id, NAME), {NAME})} >= {Contact, Message, OutgoingMail}


def test_callers_go_after_their_years_and_others_stay(director):
    contract = accepted()
    values = {"caller": NAME, "phone": PHONE, "title": "down", "request_class": "general"}
    made = [take_request(contract=contract, values=values, reported_at=AT, by=director, at=AT) for _number in range(3)]
    for request, days, status in zip(made, (800, 800, 10), ("closed", "new", "closed"), strict=True):
        ServiceRequest.objects.filter(pk=request.pk).update(status=status, reported_at=AT - timedelta(days=days))
    assert keep_to_retention(on=ON, at=AT) == 0
    Company.objects.update(caller_years=2)
    assert keep_to_retention(on=ON, at=AT) == 1
    gone = ServiceRequest.objects.get(caller=ERASED_NAME)
    assert (gone.pk, gone.phone) == (made[0].pk, "")
    assert Event.objects.get(verb="personal_data_erased").note == "retention"
    assert keep_to_retention(on=ON, at=AT) == 0


def test_contacts_go_once_nothing_was_had_to_do_with_their_customer_for_years(director):
    Company.objects.update(contact_years=1)
    current, fresh = accepted(), accepted()
    Contact.objects.create(customer=current.customer, name="留下")
    gone = Contact.objects.create(customer=fresh.customer, name=NAME)
    fresh.terms.update(last_day=ON - timedelta(days=500), first_day=ON - timedelta(days=700))
    assert keep_to_retention(on=ON, at=AT) >= 1
    gone.refresh_from_db()
    assert gone.name == ERASED_NAME
    assert Contact.objects.filter(name="留下").exists()
