from django.conf import settings
from django.db import connection

from tests.upgrade.upgrading import upgraded


def test_a_filled_database_is_brought_up_to_date(db, tmp_path):
    """In an empty database of its own beside the tests' one."""
    address = settings.DATABASES["default"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS upgraded")
        cursor.execute("CREATE DATABASE upgraded")
    try:
        url = f"postgres://{address['USER']}@{address['HOST']}:{address['PORT']}/upgraded"
        before, after, said_before, said_after = upgraded(url, tmp_path)
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute("DROP DATABASE upgraded WITH (FORCE)")
    assert {table: after.get(table) for table in before} == before
    assert said_after == said_before
