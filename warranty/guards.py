"""Terms of a contract never overlap, and the database itself sees to it (docs/rules.md 1).

An exclusion constraint on PostgreSQL, triggers on SQLite. Installed after every migration, since SQLite drops a
table's triggers when a migration rebuilds it.
"""

from django.db import connections

_POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'term_no_overlap') THEN
        ALTER TABLE warranty_maintenanceterm ADD CONSTRAINT term_no_overlap
            EXCLUDE USING gist (contract_id WITH =, daterange(first_day, last_day, '[]') WITH &&)
            DEFERRABLE INITIALLY IMMEDIATE;
    END IF;
END $$;
"""
_SQLITE = """
CREATE TRIGGER IF NOT EXISTS term_no_overlap_{event} BEFORE {event} ON warranty_maintenanceterm
WHEN EXISTS (
    SELECT 1 FROM warranty_maintenanceterm other
    WHERE other.contract_id = NEW.contract_id AND other.id IS NOT NEW.id
      AND other.first_day <= NEW.last_day AND NEW.first_day <= other.last_day
)
BEGIN SELECT RAISE(ABORT, 'term_no_overlap'); END;
"""


def install(*, using: str = "default", **_: object) -> None:
    """Install what is missing. Receiver of `post_migrate`."""
    connection = connections[using]
    if "warranty_maintenanceterm" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
        else:
            for event in ("INSERT", "UPDATE"):
                cursor.execute(_SQLITE.format(event=event))
