import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest

from ops.processes import Child, Supervisor, free_port


def script(tmp_path: Path, name: str, body: str) -> Child:
    return Child(name, [sys.executable, "-c", body])


def wait_for(path: Path) -> str:
    for _ in range(200):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{path} was never written")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_next_free_port_is_taken_and_held():
    with free_port("127.0.0.1", 18000) as first, free_port("127.0.0.1", 18000) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= 18000
        with socket.socket() as third, pytest.raises(OSError, match="in use"):
            third.bind(first.getsockname())


def test_children_are_stopped_in_good_order_with_all_they_started(tmp_path):
    said, grandchild = tmp_path / "said", tmp_path / "grandchild"
    polite = script(
        tmp_path,
        "polite",
        "import pathlib, signal, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "def bye(*_):\n"
        f"    pathlib.Path({str(said)!r}).write_text('bye'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, bye)\n"
        f"pathlib.Path({str(grandchild)!r}).write_text(str(child.pid))\n"
        "signal.pause()\n",
    )
    supervisor = Supervisor([polite], report=lambda text: None)
    supervisor.start()
    pid = int(wait_for(grandchild))
    Timer(0.1, lambda: supervisor._asked_to_stop(signal.SIGINT, None)).start()
    assert supervisor.watch() == 0
    assert said.read_text() == "bye"
    assert not alive(polite.process.pid)
    for _ in range(100):
        if not alive(pid):
            break
        time.sleep(0.02)
    else:
        state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        assert state == "Z", "the grandchild outlived its parent"


def test_a_dead_child_is_started_again_and_reported(tmp_path):
    counter, reports = tmp_path / "starts", []
    child = script(
        tmp_path,
        "worker",
        f"import pathlib, time; p = pathlib.Path({str(counter)!r})\n"
        "n = len(p.read_text()) if p.exists() else 0\n"
        "p.write_text('x' * (n + 1))\n"
        "time.sleep(60) if n else exit(3)\n",
    )
    supervisor = Supervisor([child], report=reports.append)

    def stop_after_the_second_start(text: str) -> None:
        reports.append(text)
        Timer(0.5, lambda: supervisor._asked_to_stop(signal.SIGTERM, None)).start()

    supervisor.report = stop_after_the_second_start
    supervisor.start()
    assert supervisor.watch() == 0
    assert reports == ["worker stopped (exit 3): starting it again"]
    assert counter.read_text() == "xx"


def test_a_child_that_cannot_live_ends_the_others_too(tmp_path):
    reports: list[str] = []
    broken = script(tmp_path, "beat", "exit(1)")
    healthy = script(tmp_path, "web", "import time; time.sleep(60)")
    supervisor = Supervisor([healthy, broken], report=reports.append)
    supervisor.start()
    assert supervisor.watch() == 1
    assert reports[-1] == "beat keeps stopping (exit 1): giving up"
    assert len(reports) == 5
    assert healthy.process.poll() is not None


def test_children_do_not_outlive_a_parent_that_was_killed(tmp_path):
    pids = tmp_path / "pids"
    body = (
        "import pathlib, sys, time\n"
        "from ops.processes import Child, Supervisor\n"
        "s = Supervisor([Child('c', [sys.executable, '-c', 'import time; time.sleep(60)'])], print)\n"
        "s.start()\n"
        f"pathlib.Path({str(pids)!r}).write_text(str(s.children[0].process.pid))\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", body], cwd=Path(__file__).parents[2])
    child = int(wait_for(pids))
    parent.kill()
    parent.wait()
    for _ in range(200):
        if not alive(child) or Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("the child outlived its parent")
