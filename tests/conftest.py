"""What every test may lean on: a fixed day, and a person for each role."""

from collections.abc import Generator, Iterator

import pytest
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from hypothesis import settings

from base.audit import guards
from tests.chain import AT, ON
from tests.factories import UserFactory
from tests.house.tripwire import Tripwire
from tests.migrated import migrated_once

# A busy machine must not fail a property.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    with migrated_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_guards() -> Iterator[None]:
    """Emptying all tables between two tests that commit lifts what keeps the logs as they are, by name."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(operations: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with guards.lifted(operations.connection):
            flush(operations, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", unguarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_of_the_tests(tmp_path_factory) -> Iterator[None]:
    """Nothing a test stores or removes is among the files of the installation it runs beside."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture
def on():
    return ON


@pytest.fixture
def at():
    return AT


@pytest.fixture
def manager(db):
    return UserFactory(role="manager", display_name="陈静")


@pytest.fixture
def director(db):
    return UserFactory(role="director", display_name="赵总")


@pytest.fixture
def finance(db):
    return UserFactory(role="finance", display_name="钱会计")


@pytest.fixture
def engineer(db):
    return UserFactory(role="engineer", display_name="周强")


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """For records that all tests of a module share: undone after the last of them; each test undoes what it adds."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Whatever a test does by an operation leaves an event of each versioned row it changes."""
    wire = Tripwire()
    with connection.execute_wrapper(wire):
        result = yield
        wire.settle()
    if wire.problems:
        pytest.fail("\n".join(wire.problems), pytrace=False)
    return result
