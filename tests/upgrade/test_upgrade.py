"""A database that was filled in the landed state is brought up to date by today's program, and nothing in it is lost."""

import ast
import gzip
import re
import sqlite3
from pathlib import Path

import pytest

from tests.upgrade.rows import FILE, HASHES, ROOT, migrations
from tests.upgrade.upgrading import upgraded


def test_a_filled_database_is_brought_up_to_date(tmp_path):
    before, after, said_before, said_after = upgraded(f"sqlite:///{tmp_path / 'filled.sqlite3'}", tmp_path)
    assert {table: after.get(table) for table in before} == before
    assert said_after == said_before
    assert secrets_in(gzip.decompress(FILE.read_bytes()).decode())
    assert secrets_in("\n".join(sqlite3.connect(tmp_path / "filled.sqlite3").iterdump())) == []


def secrets_in(dump):
    """The links to answer with, as earlier versions wrote them into mails and what was said of them."""
    return re.findall(r"https?://[^\s/]+/[qcs]/[\w-]{20,}/", dump)


def test_a_landed_migration_is_never_edited():
    landed = dict(reversed(line.split(maxsplit=1)) for line in HASHES.read_text().splitlines())
    now = migrations()
    changed = [path for path, digest in landed.items() if now.get(path) != digest]
    assert not changed, "write a new migration instead"


@pytest.mark.parametrize("path", sorted(migrations()))
def test_a_migration_imports_no_live_code(path):
    ours = {each.name for each in ROOT.iterdir() if (each / "__init__.py").exists()}
    imported = set()
    for node in ast.walk(ast.parse(Path(ROOT, path).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & ours
