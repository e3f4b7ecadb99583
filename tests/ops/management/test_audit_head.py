"""`audit_head` prints the newest seals, and tells whether one that was kept elsewhere is still held."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from base.audit import guards
from base.audit.models import LogHead
from ops.management.commands.audit_head import Command
from tests.chain import accepted

pytestmark = pytest.mark.django_db


def said(*words):
    out, complaint = StringIO(), StringIO()
    call_command(Command(stdout=out, stderr=complaint), *words)
    return out.getvalue()


def test_it_seals_and_prints_the_newest_seal():
    accepted()
    told = json.loads(said("--format", "json"))
    [head] = told["heads"]
    assert (told["unsealed"], told["missing"], head["log"], head["sequence"]) == (0, [], 0, told["sealed"])
    assert said() == f"0:{head['sequence']}:{head['hash']}\n"
    assert said("--expect", f"0:{head['sequence']}:{head['hash']}")


def test_a_seal_that_is_no_longer_held_exits_with_one():
    accepted()
    kept = said().strip()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_seal")
    LogHead.objects.all().delete()
    with pytest.raises(SystemExit) as left:
        said("--expect", kept)
    assert left.value.code == 1


def test_what_is_no_seal_is_refused():
    with pytest.raises(CommandError, match="LOG:SEQUENCE:HASH"):
        said("--expect", "12")
