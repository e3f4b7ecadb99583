"""The reference ledger taken out as a ledger and brought into an empty database: the same contracts, plan and all."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from base.chatter.models import Event
from contracts.ledger.export import write_ledger
from contracts.models import Contract
from warranty.ledger.export import exported

DATA = Path(__file__).parents[3] / "shared" / "data"
ON = "2026-11-22"

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the real ledger is not beside the repository"),
    pytest.mark.django_db(transaction=True),
]


def import_ledger(path: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("import_ledger", str(path), "--on", ON, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def contracts() -> dict[str, Any]:
    out = StringIO()
    call_command("export_contracts", "--on", ON, stdout=out)
    return {line["number"]: line for line in map(json.loads, out.getvalue().splitlines())}


def test_out_and_in_again(tmp_path: Path) -> None:
    import_ledger(DATA / "contract-ledger.xlsx")
    before, target = contracts(), tmp_path / "ledger.xlsx"
    assert write_ledger(target, exported(Contract.objects.all())) == len(before) == 280

    call_command("flush", interactive=False, verbosity=0)
    found = import_ledger(target)
    assert (found["created"], found["rejected"], found["warnings"], found["conflicts"]) == (280, [], [], [])
    assert contracts() == before

    events = Event.objects.count()
    again = import_ledger(target)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 280)
    assert (contracts(), Event.objects.count()) == (before, events)
