"""Gunicorn, started from this folder as it is at work, writes requests and refusals without secrets."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings

SECRET = "5rel-UBH5-MggqtsB2lBmIhMObC9E5eE"


def test_the_line_of_a_request_shows_no_secret(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = tmp_path / "says_no.py"
    app.write_text("def app(environ, start):\n    start('404 Not Found', [])\n    return [b'']\n")
    command = [sys.executable, "-m", "gunicorn", "says_no:app", "--bind", f"127.0.0.1:{port}", "--access-logfile", "-"]
    server = subprocess.Popen(
        [*command, "--pythonpath", str(tmp_path), "--no-control-socket"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATA_DIR": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/q/{SECRET}/accept/", headers={"Referer": f"https://weibao.example.com/q/{SECRET}/"}
    )
    try:
        for _attempt in range(100):
            try:
                urllib.request.urlopen(asked)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
    finally:
        server.terminate()
        lines = server.communicate(timeout=20)[0]
    assert "/q/…E5eE/accept/" in lines
    assert "weibao.example.com/q/…E5eE/" in lines
    assert SECRET not in lines
