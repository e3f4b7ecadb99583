"""Whoever reads a citation finds what it cites: only files of this repository are named, with sections that exist."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
_TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".yml", ".yaml", ".cfg", ".po", ""}
_NOT_OURS = frozenset(
    {".git", ".venv", "node_modules", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
#: Papers that stand outside of this repository; split, so that this file does not name them itself.
_OUTSIDE = re.compile("|".join(("DES" + "IGN", "china" + "-practice", r"\.\./" + "shared", "service" + "-commitments")))
_CITED = re.compile(r"\b(?P<file>docs/[\w/-]+\.md)(?: (?P<sections>\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*))?")
_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\b", re.MULTILINE)
#: A file named in the papers: `base/lib/money.py`, `contracts/ledger/`.
_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)\)")


def texts() -> Iterator[Path]:
    """The text files of the repository, without what set-up puts beside them."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in _NOT_OURS and not (Path(folder) / name).is_symlink()]
        yield from (path for path in map(Path(folder).joinpath, names) if path.suffix in _TEXT)


def lines() -> Iterator[tuple[str, str]]:
    """Each line of each text file with its place."""
    for path in texts():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


@cache
def sections(name: str) -> frozenset[str] | None:
    """The numbers of a paper's sections; None where there is no such paper."""
    path = ROOT / name
    return frozenset(_HEADING.findall(path.read_text(encoding="utf-8"))) if path.is_file() else None


def papers() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def papers_of_today() -> list[Path]:
    """Without the change log and the decisions, which tell of their own day."""
    return [path for path in papers() if path.name != "CHANGELOG.md" and path.parent.name != "decisions"]


def test_no_file_cites_a_paper_from_outside():
    assert [place for place, line in lines() if _OUTSIDE.search(line)] == []


def test_each_cited_section_exists():
    wrong = []
    for place, line in lines():
        for cited in _CITED.finditer(line):
            known = sections(cited["file"])
            if known is None:
                wrong.append(f"{place}: there is no {cited['file']}")
                continue
            named = re.findall(r"\d+(?:\.\d+)?", cited["sections"] or "")
            wrong += [f"{place}: {cited['file']} has no section {number}" for number in named if number not in known]
    assert wrong == []


def test_a_paper_numbers_each_section_once():
    for path in papers():
        numbers = _HEADING.findall(path.read_text(encoding="utf-8"))
        assert len(numbers) == len(set(numbers)), path


@pytest.mark.parametrize("path", papers_of_today(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_a_paper_names_exists(path):
    text = path.read_text(encoding="utf-8")
    named = {name for name in _PATH.findall(text) if (ROOT / name.split("/")[0]).is_dir() and name[:4] != "var/"}
    linked = {str((path.parent / name).resolve()) for name in _LINK.findall(text)}
    assert sorted(name for name in named | linked if not (ROOT / name).exists()) == []
