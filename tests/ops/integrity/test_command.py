"""`manage.py check_integrity`: what a script reads of it."""

import json
from io import StringIO

from django.core.management import call_command

from contracts.models import Contract


def run(*arguments: str) -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("check_integrity", *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), code


def test_when_nothing_is_wrong_it_says_so_and_ends_well(story):
    text, code = run()
    assert text.startswith("Everything is as the rules say")
    assert code == 0
    assert run("--format", "json") == ("[]\n", 0)


def test_what_is_wrong_is_a_list_and_the_exit_code_says_so(story):
    contract = Contract.objects.get(number="NEW")
    Contract.objects.filter(pk=contract.pk).update(version=1)
    text, code = run("--format", "json")
    record = f"Contract {contract.pk} (NEW)"
    assert json.loads(text) == [
        {"check": "events", "record": record, "problem": "it changed 1 times, but has 1 events in all"}
    ]
    assert code == 1
    assert run() == (f"events: {record}: it changed 1 times, but has 1 events in all\n", 1)
