"""No module of the product leads back to itself: imports inside functions and those for type checkers count too."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Graph = dict[str, set[str]]


def production_packages() -> list[str]:
    """The packages import-linter looks at: one list for both."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return settings["tool"]["importlinter"]["root_packages"]


def modules_of(root: Path, packages: list[str]) -> dict[str, Path]:
    """Every module by its dotted name; migrations are history and are left out."""
    found = {}
    for package in packages:
        for path in (root / package).rglob("*.py"):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


def imports_of(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """The modules of the product that a module imports, wherever in its text."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, name, is_package=path.name == "__init__.py")
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                found.add(inner if inner in modules else source)
    return (found & modules.keys()) - {name}


def _source(node: ast.ImportFrom, name: str, *, is_package: bool) -> str:
    """What stands behind `from`, relative imports written out."""
    if not node.level:
        return node.module or ""
    steps = name.split(".") if is_package else name.split(".")[:-1]
    steps = steps[: len(steps) - node.level + 1]
    return ".".join([*steps, node.module] if node.module else steps)


def graph_of(root: Path, packages: list[str]) -> Graph:
    modules = modules_of(root, packages)
    return {name: imports_of(name, path, modules) for name, path in modules.items()}


def circle_in(graph: Graph) -> list[str]:
    """A shortest circle, first module repeated at its end; empty when there is none."""
    shortest: list[str] = []
    for start in sorted(_in_circles(graph)):
        found = _way_back(graph, start)
        if found and (not shortest or len(found) < len(shortest)):
            shortest = found
    return shortest


def _in_circles(graph: Graph) -> set[str]:
    """What is left when modules that import nothing of the rest are taken away, again and again."""
    left = {name: set(targets) for name, targets in graph.items()}
    while leaves := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets - leaves for name, targets in left.items() if name not in leaves}
    return set(left)


def _way_back(graph: Graph, start: str) -> list[str]:
    ways = [[start]]
    seen = {start}
    for way in ways:
        for target in sorted(graph[way[-1]]):
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


def test_no_module_leads_back_to_itself():
    graph = graph_of(ROOT, production_packages())

    assert len(graph) > 300
    circle = circle_in(graph)
    assert not circle, "these modules import each other: " + " → ".join(circle)


@pytest.mark.parametrize(
    "text",
    [
        "import shop.stock",
        "from shop import stock",
        "from shop.stock import count",
        "from . import stock",
        "from .stock import count",
        "def late():\n    from shop import stock",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.stock import Count",
    ],
)
def test_every_way_to_import_is_seen(tmp_path, text):
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "desk.py").write_text(text)
    (shop / "stock.py").write_text("from shop import desk")

    assert circle_in(graph_of(tmp_path, ["shop"])) == ["shop.desk", "shop.stock", "shop.desk"]


def test_a_shared_module_is_no_circle():
    assert circle_in({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}) == []
