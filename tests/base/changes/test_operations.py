"""A change takes a second person: it waits, is decided by somebody else, or stays marked as unconfirmed."""

from datetime import date
from decimal import Decimal

import pytest
from moneyed import Money

from base.accounts.models import User
from base.changes import kinds, queries
from base.changes.models import PendingChange
from base.changes.operations import ask_for_change, grant_change, refuse_change, use_change, withdraw_change
from base.changes.states import CHANGE
from base.changes.values import pack, unpack
from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.company.models import Company
from base.company.operations import edit_company
from base.company.queries import company
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from tests.chain import AT, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", role="administrator")


def limit(by, value="0.50"):
    edit_company(values={"approval_deviation": Decimal(value)}, by=by, at=AT)
    return PendingChange.objects.latest("pk")


def limit_now():
    return Company.objects.get().approval_deviation


def open_todos(kind):
    return list(Todo.objects.filter(kind=kind, done_at=None).order_by("pk"))


def test_the_declared_moves():
    moves = {(move.name, source, move.target, move.action) for move in CHANGE.moves for source in move.sources}
    assert moves == {
        ("change_granted", "waiting", "granted", "changes.confirm"),
        ("change_refused", "waiting", "refused", "changes.confirm"),
        ("change_withdrawn", "waiting", "withdrawn", "changes.view"),
        ("change_confirmed", "unconfirmed", "granted", "changes.confirm"),
        ("change_undone", "unconfirmed", "refused", "changes.confirm"),
        ("change_used", "granted", "used", "users.edit"),
    }


def test_the_old_value_stays_in_force_until_a_director_agrees(admin, director):
    change = limit(admin)
    assert (change.status, change.changes) == ("waiting", {"approval_deviation": ["0.1000", "0.50"]})
    assert limit_now() == Decimal("0.10")
    assert [(todo.assignee, todo.target) for todo in open_todos("change_to_decide")] == [(director, change)]
    assert "change_asked" in verbs(company())
    grant_change(change=change, by=director, at=AT)
    assert limit_now() == Decimal("0.50")
    assert (change.status, change.decided_by, open_todos("change_to_decide")) == ("granted", director, [])
    event = events_of(company()).filter(verb="changed").latest("pk")
    assert (event.by, event.changes) == (director, {"approval_deviation": ["0.1000", "0.50"]})


def test_a_refusal_carries_its_reason_back(admin, director):
    change = limit(admin)
    with pytest.raises(Refused) as no:
        refuse_change(change=change, reason=" ", by=director, at=AT)
    assert no.value.field == "reason"
    refuse_change(change=change, reason="Not before the audit", by=director, at=AT)
    assert (limit_now(), change.status) == (Decimal("0.10"), "refused")
    [todo] = open_todos("change_decided")
    assert todo.assignee == admin
    assert "Not before the audit" in str(todo)
    assert "Limit for approval" in str(todo)


def test_neither_the_author_nor_who_lacks_the_right_decides(admin, director, manager):
    change = limit(admin)
    for nobody in (admin, manager, UserFactory(role="administrator"), UserFactory(role="director", is_active=False)):
        with pytest.raises(NotAllowed):
            grant_change(change=change, by=nobody, at=AT)
        with pytest.raises(NotAllowed):
            refuse_change(change=change, reason="x", by=nobody, at=AT)
    assert limit_now() == Decimal("0.10")


def stands_in(person, deputy):
    """Named while both had the same role; nobody who sees less can be named today."""
    person.deputy = deputy
    person.save()


def test_a_deputy_decides_in_the_directors_place_but_not_on_their_own_request(admin, director, manager):
    stands_in(director, manager)
    grant_change(change=limit(admin), by=User.objects.get(pk=manager.pk), at=AT)
    assert limit_now() == Decimal("0.50")
    own = ask_for_change(kind="approval_limit", target=company(), values={"approval_deviation": Decimal("0.9")},
                         by=manager, at=AT)[0]  # fmt: skip
    with pytest.raises(NotAllowed):
        grant_change(change=own, by=User.objects.get(pk=manager.pk), at=AT)


def test_who_stands_in_for_the_author_does_not_decide_for_them(director, manager):
    stands_in(director, manager)
    UserFactory(role="director")
    change = ask_for_change(
        kind="approval_limit", target=company(), values={"approval_deviation": Decimal("0.9")}, by=director, at=AT
    )[0]
    assert change.waits
    with pytest.raises(NotAllowed):
        grant_change(change=change, by=User.objects.get(pk=manager.pk), at=AT)


def test_an_auditor_in_a_directors_place_still_changes_nothing(admin, director):
    auditor = UserFactory(role="auditor")
    stands_in(director, auditor)
    with pytest.raises(NotAllowed):
        grant_change(change=limit(admin), by=User.objects.get(pk=auditor.pk), at=AT)


def test_where_nobody_else_may_agree_it_is_in_force_at_once_and_marked(admin):
    change = limit(admin)
    assert (limit_now(), change.status) == (Decimal("0.50"), "unconfirmed")
    assert list(queries.unconfirmed()) == [change]
    mail = OutgoingMail.objects.get(kind="change_unconfirmed")
    assert (mail.to_email, mail.target) == (admin.email, change)
    director = UserFactory(role="director")
    grant_change(change=change, by=director, at=AT)
    assert (change.status, queries.unconfirmed().exists()) == ("granted", False)
    assert limit_now() == Decimal("0.50")


def test_what_nobody_confirmed_is_undone(admin):
    change = limit(admin)
    refuse_change(change=change, reason="No", by=UserFactory(role="director"), at=AT)
    assert (limit_now(), change.status) == (Decimal("0.10"), "refused")


def test_the_product_itself_needs_nobody(director):
    edit_company(values={"approval_deviation": Decimal("0.50")}, by=None, at=AT)
    assert (limit_now(), PendingChange.objects.exists()) == (Decimal("0.50"), False)


def test_it_is_decided_once(admin, director):
    change, other = limit(admin), PendingChange.objects.get()
    grant_change(change=change, by=director, at=AT)
    for again in (change, other):
        with pytest.raises(Refused):
            grant_change(change=again, by=director, at=AT)
    with pytest.raises(Stale):
        grant_change(change=limit(admin, "0.30"), by=director, at=AT, seen=7)


def test_asking_again_replaces_what_waits_and_who_asked_may_withdraw(admin, director):
    first, second = limit(admin), limit(admin, "0.60")
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "waiting")
    assert [todo.target for todo in open_todos("change_to_decide")] == [second]
    with pytest.raises(NotAllowed):
        withdraw_change(change=second, by=director, at=AT)
    withdraw_change(change=second, by=admin, at=AT)
    assert (second.status, open_todos("change_to_decide")) == ("withdrawn", [])
    with pytest.raises(Refused):
        grant_change(change=second, by=director, at=AT)


def test_each_subject_of_the_settings_is_asked_apart(admin, director):
    edit_company(
        values={"approval_deviation": Decimal("0.2"), "bank_account": "62220000", "phone": "1"}, by=admin, at=AT
    )
    assert sorted(PendingChange.objects.values_list("kind", flat=True)) == ["approval_limit", "bank_account"]
    assert (company().bank_account, company().phone) == ("", "1")
    grant_change(change=PendingChange.objects.get(kind="bank_account"), by=director, at=AT)
    assert (company().bank_account, limit_now()) == ("62220000", Decimal("0.10"))


def test_who_reads_what_is_asked(admin, director, manager, finance):
    limit(admin)
    auditor = UserFactory(role="auditor")
    seen = {who.role: queries.visible_to(who).count() for who in (admin, director, manager, finance, auditor)}
    assert seen == {"administrator": 1, "director": 1, "manager": 0, "finance": 0, "auditor": 1}


def test_only_a_grant_is_used(admin, director):
    change = limit(admin)
    with pytest.raises(Refused):
        use_change(change=change, by=admin, at=AT)


def test_values_come_back_as_they_were_kept():
    values = {
        "sum": Money("12.50", "CNY"), "share": Decimal("0.0800"), "day": date(2026, 2, 28), "text": "x", "none": None,
        "yes": True, "number": 3,
    }  # fmt: skip
    assert unpack(pack(values)) == values
    with pytest.raises(TypeError):
        pack({"odd": object()})


def test_a_kind_is_declared_once():
    assert [kind.name for kind in kinds.all_kinds()] == sorted({kind.name for kind in kinds.all_kinds()}, key=[
        kind.name for kind in kinds.all_kinds()
    ].index)  # fmt: skip
    with pytest.raises(ValueError, match="approval_limit"):
        kinds.register(kinds.named("approval_limit"))
    assert kinds.is_about(Company)
    assert not kinds.is_about(PendingChange)
