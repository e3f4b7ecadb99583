"""The log of accesses on screen: read by auditor, director and administrator, narrowed, taken away, never changed."""

from datetime import timedelta

import pytest

from base.accounts.models import Role
from base.audit.accesses import note_access
from base.audit.models import Access
from base.audit.sealing import seal
from console.pages.accesses import AccessPage
from tests.chain import AT
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_who_reads_it(enter, role):
    expected = 200 if role in (Role.AUDITOR, Role.DIRECTOR, Role.ADMINISTRATOR) else 403
    assert enter(role).get("/accesses/").status_code == expected


def test_it_is_narrowed_and_says_how_far_it_is_sealed(enter):
    auditor = enter("auditor")
    note_access(Access.Kind.FAILED, by=None, at=AT, name="nobody", address="203.0.113.9")
    note_access(Access.Kind.EXPORT, by=UserFactory(display_name="钱会计"), at=AT, what="/invoices/export.xlsx")
    shown = auditor.get("/accesses/").content.decode()
    assert "Nothing is sealed yet." in shown
    assert "3 rows are not sealed yet." in shown
    seal(at=AT + timedelta(minutes=1))
    shown = auditor.get("/accesses/?quick=failed").content.decode()
    assert "Sealed up to number 3" in shown
    assert "203.0.113.9" in shown
    assert "nobody who is logged in" in shown
    assert "钱会计" not in shown
    assert "/invoices/export.xlsx" in auditor.get("/accesses/?quick=taken").content.decode()


def test_one_access_has_a_sheet_and_nothing_can_be_changed(enter):
    auditor = enter("auditor")
    first = Access.objects.earliest("pk")
    assert auditor.get(f"/accesses/{first.pk}/").status_code == 200
    assert (AccessPage.form, AccessPage.all_moves(), AccessPage.chatter) == (None, (), False)
    taken = b"".join(auditor.get("/accesses/export.csv").streaming_content).decode()
    assert auditor.user.username in taken
