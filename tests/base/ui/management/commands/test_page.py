import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from base.ui.page import PAGES


def printed(*arguments):
    out = StringIO()
    call_command("page", *arguments, stdout=out)
    return out.getvalue()


def test_a_page_lists_its_pieces_with_their_class_and_right():
    lines = printed("contracts").splitlines()

    assert lines[0] == "columns"
    assert lines[1].split() == ["number", "contracts.ContractPage"]
    (coverage,) = [line for line in lines if line.startswith("  accept ")]
    assert coverage.split() == ["accept", "warranty.CoverageOfContract", "(contracts.accept)"]


@pytest.mark.parametrize("slug", sorted(PAGES))
def test_the_same_for_programs_names_each_piece_once(slug):
    found = json.loads(printed(slug, "--format", "json"))

    keys = [(each["kind"], each["name"], each["by"]) for each in found]
    assert len(keys) == len(set(keys)) > 0
    assert set(found[0]) == {"kind", "name", "label", "action", "app", "by"}


def test_an_unknown_page_is_named_with_those_that_are_there():
    with pytest.raises(CommandError, match=r"no page contrcts; there are: .*contracts"):
        printed("contrcts")
