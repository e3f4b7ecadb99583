"""The kinds of job there are."""

import pytest

from base.jobs import kinds
from base.jobs.kinds import JobKind, find_kind
from base.jobs.labels import kind_label


def test_a_name_is_taken_once(acts):
    copy = find_kind("copy")
    kinds.register(copy)
    with pytest.raises(ValueError, match="copy"):
        kinds.register(JobKind("copy", "Another", "company.edit", acts.carry_out, repeatable=True))


def test_one_that_is_not_known_has_its_bare_name(acts):
    assert kind_label("copy") == "Copy"
    assert find_kind("of tomorrow") is None
    assert kind_label("of tomorrow") == "of tomorrow"


def test_the_right_may_follow_from_the_parameters(acts):
    of_page = JobKind("x", "X", lambda given: f"{given['page']}.export", acts.carry_out, repeatable=True)
    assert of_page.needs({"page": "contracts"}) == "contracts.export"
    assert find_kind("mend").needs({}) == "company.edit"


def test_every_kind_of_the_product_is_worded():
    assert all(str(kind.label) != kind.name for kind in kinds.kinds())
