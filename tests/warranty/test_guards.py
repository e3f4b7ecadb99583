"""Terms of a contract never overlap, and the database itself sees to it (docs/rules.md 1)."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.chain import ON, accepted, day, paid_term
from warranty import guards
from warranty.models import MaintenanceTerm

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def copy_of(term: MaintenanceTerm, first_day: str, last_day: str, **values) -> MaintenanceTerm:
    fields = {field.name: getattr(term, field.name) for field in term._meta.fields if field.name != "id"}
    return MaintenanceTerm(**{**fields, "first_day": day(first_day), "last_day": day(last_day), **values})


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        ("2027-01-15", "2027-06-30"),  # its last day is the other's first
        ("2025-06-30", "2026-01-15"),
        ("2026-03-01", "2026-04-01"),
        ("2025-01-01", "2028-01-01"),
        ("2026-01-15", "2027-01-15"),
    ],
)
def test_an_overlapping_term_cannot_be_stored(first_day, last_day):
    """Accepted 2026-01-15: covered 2026-01-15 … 2027-01-15."""
    [term] = accepted().terms.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(term, first_day, last_day).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        MaintenanceTerm.objects.bulk_create([copy_of(term, first_day, last_day)])


def test_a_term_may_touch_another_and_other_contracts_do_not_matter():
    contract, other = accepted(), accepted()
    [term] = contract.terms.all()
    copy_of(term, "2027-01-16", "2028-01-15").save()
    copy_of(term, "2025-01-15", "2026-01-14").save()
    assert other.terms.get().first_day == term.first_day


def test_a_term_cannot_be_moved_onto_another():
    contract = accepted()
    later = paid_term(contract, "100000.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        MaintenanceTerm.objects.filter(pk=later.pk).update(first_day=later.first_day - DAY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE warranty_maintenanceterm SET last_day = %s WHERE contract_id = %s AND kind = 'free'",
            [later.first_day, contract.pk],
        )
    MaintenanceTerm.objects.filter(pk=later.pk).update(last_day=later.last_day + DAY)


def test_a_term_cannot_move_to_a_contract_that_is_covered():
    mine, other = accepted(), accepted()
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.terms.update(contract=other)


def test_the_guard_is_there_after_every_migration():
    """SQLite drops a table's triggers when a migration rebuilds the table."""
    guard = _guards()
    assert guard
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in guard:
                cursor.execute(f"DROP TRIGGER {name}")
        assert not _guards()
    call_command("migrate", verbosity=0)
    assert _guards() == guard


def test_installing_twice_does_no_harm():
    guard = _guards()
    guards.install(sender=apps.get_app_config("warranty"))
    assert _guards() == guard


def _guards() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'term_no_overlap%'"
        if connection.vendor == "sqlite"
        else "SELECT conname FROM pg_constraint WHERE conname = 'term_no_overlap'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def test_a_term_that_ends_before_it_starts_cannot_be_stored():
    [term] = accepted().terms.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(term, str(ON), str(ON - DAY), contract=accepted()).save()
