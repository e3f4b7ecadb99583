"""What stands outside functions: tables of moves, constants, patterns, and functions that run only while they are imported.

Each mutation is imported in a process of its own, in the place of the real module, which then runs the tests that mirror
the module. Nothing is written into the working copy.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType

import django
import libcst as cst
import libcst.matchers as m
from mutmut.mutation.mutators import mutation_operators

from mutation.change import Change, difference

#: A mutation whose tests take longer than this many seconds never ends.
_TIMEOUT = 120


def run(paths: Sequence[Path], workers: int, imported: frozenset[str]) -> Iterator[Change]:
    """Every mutation of these files outside functions, and inside those that `imported` names as `path:name`."""
    _warm_up()
    running: dict[int, tuple[Path, str]] = {}
    for path in paths:
        source = path.read_text(encoding="utf-8")
        functions = frozenset(
            name for place, _, name in (each.partition(":") for each in imported) if place == str(path)
        )
        for mutated in mutations(source, functions):
            while len(running) >= workers:
                yield _next_done(running)
            running[_start(path, mutated)] = path, difference(source, mutated)
    while running:
        yield _next_done(running)


def mutations(source: str, functions: frozenset[str] = frozenset()) -> list[str]:
    """The source with one change each; every text once, and only those that Python can read."""
    module = cst.parse_module(source)
    places = _Places(functions)
    module.visit(places)
    found: dict[str, None] = {}
    for node in places.nodes:
        for new in _changed(node):
            text = module.deep_replace(node, new).code
            if text != source and _is_readable(text):
                found[text] = None
    return list(found)


class _Places(cst.CSTVisitor):
    """Collects what may be changed: no import, no annotation, no decorator, no base of a class."""

    def __init__(self, functions: frozenset[str]) -> None:
        self.functions = functions
        self.nodes: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Import | cst.ImportFrom | cst.Annotation | cst.Decorator):
            return False
        if isinstance(node, cst.AnnAssign) and m.matches(node.annotation.annotation, m.Name("TypeAlias")):
            return False
        if isinstance(node, cst.FunctionDef):
            if node.name.value in self.functions:
                node.body.visit(self)
            return False
        if isinstance(node, cst.ClassDef):
            node.body.visit(self)
            return False
        self.nodes.append(node)
        return True


def _changed(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            # Of a text one change says as much as its three.
            yield from islice(operator(node), 1 if isinstance(node, cst.BaseString) else None)
    if isinstance(node, cst.List | cst.Set | cst.Tuple | cst.Dict):
        yield from _one_less(node)


def _one_less(node: "cst.List | cst.Set | cst.Tuple | cst.Dict") -> Iterator[cst.CSTNode]:
    """A collection without one of its elements: a move less, a state less, a class without a promise."""
    if len(node.elements) < 2:
        return
    for left_out in range(len(node.elements)):
        rest = [
            element.with_changes(comma=cst.Comma())
            for position, element in enumerate(node.elements)
            if position != left_out
        ]
        yield node.with_changes(elements=rest)


def _is_readable(text: str) -> bool:
    try:
        compile(text, "mutation", "exec")
    except SyntaxError:
        return False
    return True


def _warm_up() -> None:
    """Import once what every process needs; each then imports the one module anew, and the tests that mirror it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for name in ("pytest", "hypothesis.strategies", "tests.chain"):
        importlib.import_module(name)


def _start(path: Path, mutated: str) -> int:
    """Begin the tests of one mutation; the number of their process."""
    process = os.fork()
    if process:
        return process
    signal.alarm(_TIMEOUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    code = 1
    try:
        code = _tested(path, mutated)
    finally:
        os._exit(code)


def _tested(path: Path, mutated: str) -> int:
    import pytest

    name = ".".join(path.with_suffix("").parts)
    sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Finder(name, path, mutated))
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore:Module already imported"]
    return int(pytest.main([*quiet, *(str(test) for test in mirror_of(path))]))


def mirror_of(path: Path) -> list[Path]:
    """The tests at the place that mirrors the module: `billing/states.py` has `tests/billing/test_states*.py`."""
    return sorted(Path("tests", path.parent).glob(f"test_{path.stem}*.py"))


def _next_done(running: dict[int, tuple[Path, str]]) -> Change:
    process, status = os.wait()
    path, text = running.pop(process)
    return Change(str(path), text, noticed=status != 0)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module with another text."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name, self.path, self.text = name, path, text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path.resolve())
        exec(compile(self.text, str(self.path), "exec"), module.__dict__)  # noqa: S102 (what an import does)
