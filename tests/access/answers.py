"""What comes back when a door is tried, and what it leaves behind."""

from collections import defaultdict

from django.db import connection, transaction

LOG_IN = "/accounts/login/?next="
#: What a look may leave behind: that one was here or took a file away, how often a stranger guessed, allauth's copy of an address.
ASIDE = {"audit_access", "django_session", "cache", "accounts_wrongpassword", "account_emailaddress"}


def answer(client, method, door, **headers):
    """(status, where it leads) of one request; what a POST does is taken back."""
    data = {}
    if method == "post":
        data = {"asked": "1", "confirmed": "1"} if door.inner else {}
        data |= {"id": str(door.record.pk)} if door.record is not None else {}
    before = transaction.savepoint() if method != "get" else None
    try:
        response = getattr(client, method)(door.path, data, headers=headers)
        if response.streaming:
            b"".join(response.streaming_content)
        return response.status_code, response.headers.get("Location", "")
    finally:
        if before:
            transaction.savepoint_rollback(before)


class Watch:
    """Notes every table written to, under what was being looked at."""

    def __init__(self):
        self.written = defaultdict(set)
        self.looking_at = ""

    def __call__(self, execute, sql, params, many, context):
        words = sql.split(None, 3)
        if self.looking_at and words[0].upper() in ("INSERT", "UPDATE", "DELETE", "REPLACE"):
            table = (words[1] if words[0].upper() == "UPDATE" else words[2]).strip('"')
            if table not in ASIDE:
                self.written[self.looking_at].add(table)
        return execute(sql, params, many, context)


def contents():
    """Every row of every table."""
    tables = {}
    with connection.cursor() as cursor:
        for name in set(connection.introspection.table_names(cursor)) - ASIDE:
            cursor.execute(f'SELECT * FROM "{name}"')
            tables[name] = sorted(map(repr, cursor.fetchall()))
    return tables


def told(wrong):
    return "\n".join(f"{what}: {why}" for what, why in wrong.items())
