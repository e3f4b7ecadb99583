"""A database that other processes can see."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.base.processes import Installation


@pytest.fixture(scope="session")
def _empty_database(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """The test database, freshly migrated, as a file: other processes cannot see the one in memory."""
    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(path)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return path


@pytest.fixture
def installation(_empty_database, tmp_path) -> Installation:
    shutil.copy(_empty_database, tmp_path / "test.sqlite3")
    return Installation(tmp_path)
