import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops.setup import machine, python_env
from ops.setup.stamp import ROOT, digest, is_current, set_current


def test_the_first_half_needs_nothing_but_python():
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'ops')!r}); import setup.__main__"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_step_is_current_only_for_what_it_was_made_from(tmp_path):
    source, stamp = tmp_path / "lock", tmp_path / "made" / "stamp"
    source.write_text("one")
    assert not is_current(stamp, digest([source]))
    set_current(stamp, digest([source]))
    assert is_current(stamp, digest([source]))
    source.write_text("two")
    assert not is_current(stamp, digest([source]))


def test_where_files_end_is_part_of_the_digest():
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_a_library_is_found_by_the_loader():
    assert machine.library_present("libc.so.6")
    assert not machine.library_present("libweibao-none.so.0")


def test_a_machine_without_something_says_what_to_type(monkeypatch):
    monkeypatch.setattr(machine, "LIBRARIES", {"libweibao-none.so.0": "libweibao-none0"})
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libweibao-none0\n"
    with pytest.raises(machine.SetupError) as raised:
        machine.prepare(with_browser=False)
    assert line in str(raised.value)


def test_a_browser_that_only_points_to_a_snap_does_not_count(monkeypatch, tmp_path):
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho 'requires the chromium snap' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.browser() is None
    stub.write_text("#!/bin/sh\necho Chromium 150\n")
    assert machine.browser() == str(stub)


def test_no_lock_names_an_address():
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"]
    assert {python_env.RUN, python_env.DEVELOP, python_env.SET_UP} < set(locks)
    for lock in locks:
        text = lock.read_text()
        assert "--index-url" not in text
        assert '"resolved"' not in text
        assert "files.pythonhosted" not in text


def locked(lock):
    """Package → version of a lock file."""
    lines = [line.split(" ")[0] for line in lock.read_text().splitlines() if line[:1].isalnum()]
    return dict(line.split("==") for line in lines)


def test_every_package_that_is_wanted_is_locked_in_a_version_that_is_wanted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups, runs = project["dependency-groups"], project["project"]["dependencies"]
    extra = project["project"]["optional-dependencies"]["redis"]
    for lock, wanted in {
        python_env.RUN: runs,
        python_env.DEVELOP: [*runs, *groups["dev"]],
        python_env.SET_UP: groups["setup"],
        ROOT / "requirements-redis.lock": [*runs, *extra],
    }.items():
        versions = locked(lock)
        for requirement in map(Requirement, wanted):
            version = versions.get(canonicalize_name(requirement.name), "")
            assert version, f"{requirement} is not in {lock.name}: make lock"
            assert requirement.specifier.contains(version), f"{requirement} is {version} in {lock.name}: make lock"


def test_the_locks_agree_about_what_the_product_runs_with():
    runs = locked(python_env.RUN).items()
    assert runs <= locked(python_env.DEVELOP).items()
    assert runs <= locked(ROOT / "requirements-redis.lock").items()
