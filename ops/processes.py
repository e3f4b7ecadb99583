"""Keeping the product's processes alive: started together, started again when one dies, stopped together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

#: A process that dies this often within `_RESTART_SECONDS` will not get well by itself.
_RESTARTS, _RESTART_SECONDS = 5, 60.0
#: How long a process may take to finish what it is doing.
_STOP_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1


def free_port(host: str, first: int) -> socket.socket:
    """A listening socket on the first free port from `first` on; held open, so nobody can take it meanwhile."""
    for port in range(first, 65536):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError:
            listener.close()
        else:
            return listener
    raise OSError(f"no free port on {host} from {first} on")


def _die_with_parent() -> None:
    """In the child: the system ends it if the parent is killed without a chance to do so itself (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process of ours. `inherits`: file descriptors it takes over from us."""

    name: str
    command: Sequence[str]
    inherits: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=_RESTARTS))

    def start(self, environment: Mapping[str, str]) -> None:
        # A session of its own: Ctrl-C reaches only us, and we end the children in order.
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            pass_fds=self.inherits,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def signal_all(self, number: int) -> None:
        """Signal the process and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def is_hopeless(self, now: float) -> bool:
        return len(self.deaths) == _RESTARTS and now - self.deaths[0] < _RESTART_SECONDS


class Supervisor:
    """Runs children until it is told to stop, or until one of them cannot be kept alive."""

    def __init__(self, children: Sequence[Child], report: Callable[[str], object]) -> None:
        self.children = children
        self.report = report
        self.stopping = False
        self.environment = dict(os.environ)

    def start(self) -> None:
        for child in self.children:
            child.start(self.environment)

    def stop_on_signals(self) -> None:
        """From now on Ctrl-C, a closed terminal and `kill` end `watch` in good order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def revive(self) -> bool:
        """Start every dead child again, and report it; False when one keeps dying."""
        for child in self.children:
            if child.process is None or (code := child.process.poll()) is None:
                continue
            now = time.monotonic()
            child.deaths.append(now)
            if child.is_hopeless(now):
                self.report(f"{child.name} keeps stopping (exit {code}): giving up")
                return False
            self.report(f"{child.name} stopped (exit {code}): starting it again")
            child.start(self.environment)
        return True

    def watch(self) -> int:
        """Keep the children alive; 0 when asked to stop, 1 when one keeps dying. All are stopped on return."""
        try:
            while not self.stopping:
                if not self.revive():
                    return 1
                time.sleep(0.3)
            return 0
        finally:
            self.stop()

    def stop(self) -> None:
        """End the children, last started first; what does not listen is killed."""
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.report(f"{child.name} does not stop: killing it")
            child.signal_all(signal.SIGKILL)
            child.process.wait()
