"""`make mutate` by itself: what it changes outside functions, and when it is content."""

import pytest

from mutation.__main__ import files, judged, known
from mutation.change import Change, difference
from mutation.outside import mirror_of, mutations

SOURCE = '''"""A table."""

from decimal import Decimal

RATE: Decimal = Decimal("0.20")
OPEN = frozenset({"new", "old"})


def ask() -> int:
    return 1


def made() -> int:
    return 2
'''


def test_tables_and_constants_are_changed_and_functions_left_to_mutmut():
    texts = [difference(SOURCE, mutated) for mutated in mutations(SOURCE)]
    assert 'OPEN = frozenset({"new", "old"}) => OPEN = frozenset({"old",})' in texts
    assert 'RATE: Decimal = Decimal("0.20") => RATE: Decimal = None' in texts
    assert not [text for text in texts if "return" in text or "import" in text]


def test_what_runs_at_import_is_changed_too():
    texts = [difference(SOURCE, mutated) for mutated in mutations(SOURCE, frozenset({"made"}))]
    assert "return 2 => return 3" in texts
    assert "return 1 => return 2" not in texts


def test_the_law_is_looked_at_with_the_tests_that_mirror_it():
    paths = {str(path): path for path in files()}
    assert {"base/lib/money.py", "contracts/rules.py", "billing/states.py", "service/checks/states.py"} <= paths.keys()
    assert [str(path) for path in mirror_of(paths["contracts/rules.py"])] == ["tests/contracts/test_rules.py"]


def test_every_survivor_in_the_list_says_why():
    assert known()
    assert all(why.strip() for why in known().values())


@pytest.mark.parametrize(
    ("noticed", "survivors", "listed", "code"),
    [
        (20, ["a"], {"a.py: a": "equal"}, 0),
        (20, ["a"], {}, 1),  # a new one
        (20, [], {"a.py: a": "equal"}, 0),  # one that is gone is only told
        (18, ["a"], {"a.py: a": "equal"}, 1),  # fewer than 95 % noticed
        (19, ["a"], {"a.py: a": "equal"}, 0),
        (0, [], {}, 1),  # nothing was changed at all
    ],
)
def test_when_it_is_content(noticed, survivors, listed, code):
    changes = [Change("a.py", f"n{n}", noticed=True) for n in range(noticed)]
    changes += [Change("a.py", text, noticed=False) for text in survivors]
    assert judged(changes, listed) == code
