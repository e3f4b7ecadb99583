"""A mail server written by hand, so that it can do what no decent one does."""

import contextlib
import socket
from threading import Event, Thread
from typing import NewType

#: By phase (connect, ehlo, auth, mail, rcpt, data, body, dot): `drop`, `hang`, or what to answer instead.
Faults = NewType("Faults", dict[str, str])

_ANSWERS = {
    "ehlo": "250 hello",
    "auth": "235 ok",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "rset": "250 ok",
    "quit": "221 bye",
}


class _Drop(Exception):
    """The connection ends here, without a word."""


class BadServer:
    """Talks SMTP until it reaches a phase it has a fault for. `taken` holds each message whose final dot came."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.heard: list[str] = []
        self.taken: list[bytes] = []
        self.dot_came = Event()
        self._stopping = Event()
        self._talks: list[Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        # A listener that is closed does not wake the thread that waits on it.
        with socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join(5)
        self._listener.close()
        for talk in self._talks:
            talk.join(5)

    def _serve(self) -> None:
        while True:
            connection, _address = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            talk = Thread(target=self._talk, args=[connection], daemon=True)
            talk.start()
            self._talks.append(talk)

    def _talk(self, connection: socket.socket) -> None:
        # Bytes nobody read make the kernel send a reset, as a crashed server's would.
        with contextlib.suppress(_Drop, ConnectionError), connection, connection.makefile("rb") as lines:
            self._answer(connection, "connect", "220 bad server")
            while line := lines.readline():
                verb = line[:4].decode().lower().strip()
                self.heard.append(line.decode().strip())
                self._answer(connection, verb, _ANSWERS[verb])
                if verb == "quit":
                    return
                if verb == "data" and not self.faults.get("data"):
                    self._take(connection, lines)

    def _take(self, connection: socket.socket, lines) -> None:
        message = lines.readline()
        self._fault(connection, "body")
        while not message.endswith(b"\r\n.\r\n"):
            message += lines.readline()
        self.taken.append(message)
        self.dot_came.set()
        self._answer(connection, "dot", "250 taken")

    def _fault(self, connection: socket.socket, phase: str) -> None:
        match self.faults.get(phase):
            case "drop":
                raise _Drop
            case "hang":
                self._stopping.wait()
                raise _Drop

    def _answer(self, connection: socket.socket, phase: str, answer: str) -> None:
        self._fault(connection, phase)
        connection.sendall(f"{self.faults.get(phase, answer)}\r\n".encode())
