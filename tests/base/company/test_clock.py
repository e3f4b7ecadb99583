"""The one clock of the product."""

import ast
from datetime import UTC, datetime, timedelta

import pytest

from base.company import clock
from tests.chain import AT
from tests.house.test_imports import ROOT, modules_of, production_packages

#: Commands are told the moment by whoever types them; a name such as `localdate` of a given moment reads no clock.
_ALLOWED = ("base.company.clock", "ops.")
_CLOCKS, _UNLESS_GIVEN = {"now", "today", "utcnow"}, {"localdate", "localtime"}


def test_time_goes_by():
    before = datetime.now(UTC)

    assert before <= clock.now() <= before + timedelta(minutes=1)


def test_time_stands_inside_and_goes_on_after():
    with clock.standing_at(AT):
        with clock.standing_at(AT + timedelta(days=1)):
            assert clock.now() == AT + timedelta(days=1)
        assert clock.now() == AT
    assert clock.now() != AT


def test_it_stands_nowhere_without_a_time_zone():
    with pytest.raises(ValueError, match="no time zone"), clock.standing_at(datetime(2026, 11, 22)):
        pass


def readings(text):
    """The lines that ask what time it is: `timezone.now()`, `date.today()`, `timezone.now` handed on."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name), args=args):
                is_read = name in _CLOCKS or (name in _UNLESS_GIVEN and not args)
                is_reading = owner in ("timezone", "datetime", "date") and is_read
            case ast.Attribute(value=ast.Name(id="timezone"), attr="now"):
                is_reading = True
            case _:
                continue
        if is_reading:
            yield node.lineno


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("timezone.now()", True),
        ("date.today()", True),
        ("datetime.now(UTC)", True),
        ("timezone.localdate()", True),
        ("work_off(timezone.now)", True),
        ("timezone.localdate(at)", False),
        ("clock.now()", False),
        ("today(at)", False),
    ],
)
def test_what_reads_a_clock(line, reads):
    assert bool(list(readings(line))) == reads


def test_nobody_else_reads_one():
    found = [
        f"{name}:{line}"
        for name, path in modules_of(ROOT, production_packages()).items()
        if not name.startswith(_ALLOWED)
        for line in readings(path.read_text())
    ]
    assert found == []
