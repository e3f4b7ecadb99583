"""Whether this program can bring a database up to date at all."""

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

#: Applied in every database from before the migrations were written anew, and in none since.
_BEFORE_THE_HOUSE = ("contracts", "0001_initial")


def refusal(alias: str = "default") -> str:
    """Why the database must not be touched, and what to do; empty when it may be.

    Its tables stand where the first migration would make them: applied to it, that migration would fail half-way.
    """
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    if _BEFORE_THE_HOUSE not in applied:
        return ""
    return _(
        "This database was made by a version from before 0.2, and this version cannot take it over. Nothing was changed. "
        "Go on with that version, or start with an empty database and bring the contracts in from a ledger."
    )
