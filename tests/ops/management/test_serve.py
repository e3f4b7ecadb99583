"""The product as its users start it: one command, its own processes, one Ctrl-C."""

import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError

from base.accounts.models import Role, User
from ops.management.commands.serve import Command

ROOT = Path(__file__).parents[3]
ADMINISTRATOR = {
    "ADMIN_USERNAME": "lin",
    "ADMIN_NAME": "林昇",
    "ADMIN_EMAIL": "lin@example.com",
    "ADMIN_PASSWORD": "correct horse battery",
}


def serve(folder: Path, **variables: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")}
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", "18200"],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """The line that holds the words; what was said before is shown when it never comes."""
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if words in line:
            return line
    raise AssertionError("".join(said))


def children_of(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return {int(child) for child in listed.split()}


@pytest.mark.django_db
def test_the_first_administrator_may_come_from_the_environment(monkeypatch):
    for name, value in ADMINISTRATOR.items():
        monkeypatch.setenv(name, value)
    Command().first_people(demo=False)
    user = User.objects.get()
    assert (user.username, user.display_name, user.role) == ("lin", "林昇", Role.ADMINISTRATOR)
    assert user.check_password("correct horse battery")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ADMIN_PASSWORD": "short"}, "too short"),
        ({"ADMIN_EMAIL": "nobody"}, "valid email address"),
        ({"ADMIN_USERNAME": ""}, "cannot be blank"),
    ],
)
def test_a_bad_administrator_is_refused_with_the_reason(monkeypatch, changes, problem):
    for name, value in {**ADMINISTRATOR, **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=problem):
        Command().first_people(demo=False)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_without_a_terminal_it_says_what_is_needed(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match="Nobody has a log-in yet"):
        Command().first_people(demo=False)


def test_one_start_one_address_and_a_clean_end(tmp_path):
    process = serve(tmp_path, **ADMINISTRATOR)
    try:
        address = said_until(process, "Weibao is running at").split(" at ")[1].split()[0]
        connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 302
        assert "login" in answer.headers["Location"]
        connection.close()

        second, _ = serve(tmp_path).communicate(timeout=120)
        assert f"Already running at {address}" in second

        children = children_of(process.pid)
        assert len(children) == 4
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert not [child for child in children if Path(f"/proc/{child}").exists()]
    finally:
        process.kill()
        process.communicate()
