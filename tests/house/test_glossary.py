"""Every module has a name that `docs/glossary.md` explains, and what the glossary names in the code is there."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
BUSINESS = ("contracts", "warranty", "service", "billing", "renewals")
#: These say in a table of their own which modules they hold.
FOUNDATION = ("base", "console", "ops", "config")
_CODE = re.compile(r"`([^`]+)`")


@cache
def section(number: int) -> tuple[tuple[str, ...], ...]:
    """The rows of a section's tables, cell by cell, without their heads."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    body = text.partition(f"\n## {number} ")[2].partition("\n## ")[0]
    rows = [line.strip().strip("|").split("|") for line in body.splitlines() if line.startswith("|")]
    tables = [tuple(cell.strip() for cell in row) for row in rows]
    heads = {i - 1 for i, row in enumerate(tables) if set(row[0]) <= set("-: ")}
    return tuple(row for i, row in enumerate(tables) if i not in heads and i - 1 not in heads)


def names_in(cell: str) -> list[str]:
    return _CODE.findall(cell)


def names_of(number: int) -> set[str]:
    """The names in the first column of a section's tables."""
    return set(chain.from_iterable(names_in(row[0]) for row in section(number)))


def modules(package: str) -> Iterator[Path]:
    """The modules and packages below a package, without migrations and caches."""
    for path in sorted((ROOT / package).rglob("*")):
        parts = path.relative_to(ROOT).parts
        if "migrations" in parts or "__pycache__" in parts:
            continue
        is_package = path.is_dir() and (path / "__init__.py").is_file()
        if is_package or (path.suffix == ".py" and path.stem != "__init__"):
            yield path


def singular(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def is_known(name: str, words: set[str]) -> bool:
    """Whether a name stands in the glossary, or each of its words does."""
    return name in words or all(singular(part) in {singular(word) for word in words} for part in name.split("_"))


@pytest.mark.parametrize("app", BUSINESS)
def test_each_module_of_an_app_is_a_layer_or_a_word_of_the_domain(app):
    words = names_of(4) | names_of(5) | set(BUSINESS)
    assert [str(path.relative_to(ROOT)) for path in modules(app) if not is_known(path.stem, words)] == []


@pytest.mark.parametrize("package", FOUNDATION)
def test_each_module_of_the_foundation_stands_in_its_table(package):
    listed = {folder: set(names_in(row[1])) for row in section(6) for folder in names_in(row[0])}
    found: dict[str, set[str]] = {}
    for path in modules(package):
        if path.is_file():
            found.setdefault(str(path.parent.relative_to(ROOT)), set()).add(path.stem)
    assert found == {folder: names for folder, names in listed.items() if folder.split("/")[0] == package}


def test_no_word_of_the_domain_is_left_over():
    """A word that no module has any more misleads whoever looks for it."""
    used = {singular(part) for app in BUSINESS for path in modules(app) for part in [path.stem, *path.stem.split("_")]}
    assert sorted(word for word in names_of(5) if singular(word) not in used) == []


def test_what_the_glossary_names_in_the_code_is_there():
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in (*BUSINESS, *FOUNDATION)
        for path in modules(package)
        if path.is_file()
    )
    known = set(re.findall(r"\w+", code))
    named = {part for row in section(1) for name in names_in(row[3]) for part in name.split(".")}
    assert named
    assert sorted(named - known) == []


def test_each_word_of_the_business_is_there_in_both_languages():
    lacking = [
        row[0] for row in section(1) if not re.search("[\u4e00-\u9fff]", row[1]) or not re.search("[a-z]", row[0])
    ]
    assert lacking == []


def test_no_chinese_word_is_both_used_and_forbidden_for_one_thing():
    both = [row[0] for row in section(1) if row[2] and row[2] in re.split(r"[ /,]+", row[1])]
    assert both == []
