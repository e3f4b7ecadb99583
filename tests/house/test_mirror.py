"""Tests mirror the code: a module that decides something is tested where a reader looks for it.

The mirrored place of `service/visits/signing.py` is `tests/service/visits/`, or the folder above it: a file named
`test_signing.py` (or `test_signing_….py`), or any test there that imports the module. What is tested elsewhere, because a
person or another module is what uses it, stands below with its reason.
"""

import ast
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePath

from tests.house.source import ROOT, modules

TESTED_ELSEWHERE = {
    "*/pages*.py": "driven through its addresses by the tests of the pages, tests/<app>/pages",
    "base/ui/*.py": "the engine of all screens: tests/base/ui drives it through the pages of a small app",
    "*/templatetags/*.py": "read in the pages and papers that use the tag",
    "*/forms.py": "typed into through the pages that show the form",
    "service/forms/*.py": "typed into through the pages that show the form",
    "*/extensions.py": "seen on the pages they add to, and tests/base/ui/test_extension.py",
    "*/receivers.py": "heard through the operations that send the signal",
    "*/notifications.py": "the mails and to-dos are read where something causes them",
    "*/querysets.py": "tests/access asks for every row of every model as every role",
    "*/labels.py": "read on the pages and in the log that show the code",
    "*/documents*.py": "tests/<app>/test_documents.py builds every paper",
    "*/plan_facts.py": "gathered for every row that tests/<app>/test_plan.py carries out",
    "*/timeline.py": "tests/contracts/test_timeline.py shows the pieces of all floors",
    "*/middleware.py": "stands before every view: tests/access and the tests of pages go through it",
    "*/apps.py": "runs before any test does",
    "*/dry_run.py": "tests/ops/management/test_commands.py runs every command dry",
    "base/accounts/adapter.py": "logs people in, in tests/base/accounts/test_lockout.py",
    "base/foreign/*.py": "tests/base/foreign/test_sheets.py hands hostile and honest files to the child they run in",
    "base/chatter/content.py": "looks into the files that tests/base/chatter/test_files.py hands in",
    "base/chatter/pictures.py": "shrinks the pictures of tests/service/test_photos.py",
    "base/mail/smtp.py": "talks to a server in tests/base/mail/test_delivery.py and tests/services/test_delivery.py",
    "*/ledger/*.py": "whole ledgers go through them, in tests/contracts/ledger, tests/warranty/ledger and tests/shared",
    "billing/line_fields.py": "typed into through the pages of invoices and quotes",
    "service/alarms.py": "rung by the sweep, in tests/service/test_clock.py",
    "warranty/filing.py": "files signed papers, in tests/warranty/pages/test_inspections.py",
    "warranty/proposals.py": "asked by the wizard of a ledger, in tests/warranty/pages/test_imports.py",
    "console/*.py": "tests/console drives the dashboards and the pages of people, company and health",
    "ops/demo/*.py": "the whole demo is loaded and then held against all rules",
    "ops/integrity/*.py": "tests/ops/integrity/test_integrity.py breaks a record for every check there is",
    "ops/management/commands/*.py": "tests/ops/management/test_commands.py runs them all",
    "ops/s*/*.py": "tests/ops/setup sets up a bare machine, tests/stories plays whole stories",
}

_DECIDING = (ast.If, ast.For, ast.While, ast.Try, ast.BoolOp, ast.IfExp, ast.Match)


def _decides(tree: ast.Module) -> bool:
    """Whether a function of the module goes one way or another."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    return any(isinstance(node, _DECIDING) or (isinstance(node, ast.comprehension) and node.ifs) for node in inside)


@cache
def _tests() -> dict[PurePath, set[str]]:
    """Each file of tests, from `tests/`, with the modules it imports."""
    found: dict[PurePath, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
        found[path.relative_to(ROOT / "tests")] = names
    return found


def _is_mirrored(path: Path) -> bool:
    folder, module = path.parent, ".".join(path.with_suffix("").parts)
    for test, imported in _tests().items():
        if test.parent == folder / path.stem:
            return True
        if test.parent not in (folder, folder.parent):
            continue
        if module in imported or test.stem == f"test_{path.stem}" or test.stem.startswith(f"test_{path.stem}_"):
            return True
    return False


def _bare() -> list[str]:
    """The modules that decide something and have no test at the mirrored place."""
    deciding = [path for path, tree in modules() if _decides(tree)]
    return [path.as_posix() for path in deciding if not _is_mirrored(path)]


def test_a_module_that_decides_is_tested_at_the_mirrored_place():
    left = [path for path in _bare() if not any(fnmatch(path, pattern) for pattern in TESTED_ELSEWHERE)]
    assert left == [], "write a test there, or say where it is tested and why"


def test_the_list_of_reasons_is_short_and_each_is_needed():
    bare = _bare()
    assert [pattern for pattern in TESTED_ELSEWHERE if not any(fnmatch(path, pattern) for path in bare)] == []
    assert len(TESTED_ELSEWHERE) <= 31
    assert len(bare) <= 150, "it only gets shorter"


def test_what_a_reason_names_is_there():
    for reason in TESTED_ELSEWHERE.values():
        for word in reason.replace(",", " ").split():
            if word.startswith("tests/") and "<" not in word:
                assert (ROOT / word).exists(), word


def test_deciding_is_seen():
    assert _decides(ast.parse("def f(x):\n    return 1 if x else 2"))
    assert _decides(ast.parse("def f(x):\n    return [y for y in x if y]"))
    assert not _decides(ast.parse("def f(x):\n    return [y + 1 for y in x]"))
    assert not _decides(ast.parse("if True:\n    x = 1"))
