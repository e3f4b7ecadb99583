"""What the environment decides is decided by it, and by nothing else."""

import json
import os
import subprocess
import sys

import pytest

ASKED = (
    "HTTPS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_PROXY_SSL_HEADER",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
)


def settings(tmp_path, **environment):
    """The settings a process of its own starts with."""
    code = f"import json; from config import settings; print(json.dumps({{n: getattr(settings, n, None) for n in {ASKED}}}))"
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
    )
    return json.loads(answer.stdout) if answer.returncode == 0 else answer.stderr


def test_behind_a_proxy_cookies_are_for_https_and_callers_have_their_own_address(tmp_path):
    assert settings(tmp_path, HTTPS="yes") == {
        "HTTPS": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    }


def test_without_a_proxy_nobody_is_believed_about_the_caller(tmp_path):
    told = settings(tmp_path)
    assert told["HTTPS"] is False
    assert told["ALLAUTH_TRUSTED_PROXY_COUNT"] is None
    assert told["SECURE_PROXY_SSL_HEADER"] is None


KEY = "k3y" * 10 + "abcdefghijklmnopqrstuvwxyz"


def test_what_others_reach_shows_no_insides_and_has_a_key_nobody_guesses(tmp_path):
    assert "not together with HTTPS" in settings(tmp_path, HTTPS="1", DEBUG="1", SECRET_KEY=KEY)
    for key in ("short", "a" * 60):
        assert "at least 50 random characters" in settings(tmp_path, HTTPS="1", SECRET_KEY=key)
    assert settings(tmp_path, HTTPS="1", SECRET_KEY=KEY)["HTTPS"] is True
    assert settings(tmp_path, DEBUG="1", SECRET_KEY="short")["HTTPS"] is False


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "1e9"])
def test_hours_are_a_number_of_them(tmp_path, value):
    assert "SESSION_IDLE_HOURS must be a number of hours" in settings(tmp_path, SESSION_IDLE_HOURS=value)


@pytest.mark.parametrize("value", ["maybe", "2"])
def test_what_is_not_understood_stops_the_start(tmp_path, value):
    assert f"HTTPS must be true or false, not '{value}'" in settings(tmp_path, HTTPS=value)


def test_data_is_made_for_its_owner_alone_and_what_was_open_is_closed(tmp_path):
    data = tmp_path / "data"
    (data / "files" / "attachments").mkdir(parents=True)
    (data / "weibao.sqlite3").write_text("")
    for path in (data, data / "files", data / "files" / "attachments"):
        path.chmod(0o755)
    (data / "weibao.sqlite3").chmod(0o644)

    told = settings(data)

    assert told["HTTPS"] is False
    open_to_others = [str(path) for path in (data, *data.rglob("*")) if path.stat().st_mode & 0o077]
    assert open_to_others == []
    assert (data / "broker" / "queue").is_dir()


def test_what_the_proxy_serves_may_lie_outside_of_the_data(tmp_path):
    settings(tmp_path / "data", STATIC_ROOT=str(tmp_path / "static"))
    assert (tmp_path / "static").is_dir()
    assert not (tmp_path / "data" / "static").exists()
