"""Talking to the mail server, so that afterwards it is known what became of the message.

smtplib's own `sendmail` does not say in which phase it broke, which decides everything: before the message's
data was let in, trying again is safe; from its first byte on, nobody can tell whether it will arrive
(docs/decisions/mail-delivery.md).
"""

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.core.mail.utils import DNS_NAME

Result: TypeAlias = Literal["sent", "later", "refused", "uncertain"]

_TAKEN = (250, 251)
#: The time limit holds for each piece: a large paper on a slow line is not a server that stands still.
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Server:
    """Where mail is handed in. `timeout` is how many seconds one answer may take."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    timeout: float = 30


@dataclass(frozen=True)
class Outcome:
    """What became of a message.

    `sent`: the server took it, except for `refused_copies`. `later`: try again. `refused`: never.
    `uncertain`: the talk broke after the data began. `broken` says that the connection is gone.
    """

    result: Result
    text: str = ""
    refused_copies: tuple[str, ...] = ()
    broken: bool = False


class Unreachable(Exception):
    """No message could be handed in: no connection, no encryption, or the log-in failed."""


class Connection:
    """One connection for many messages, opened when first needed, and anew when the server closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Be ready for a message. Raises `Unreachable`."""
        if self._smtp is not None and self._still_there(self._smtp):
            return
        try:
            self._smtp = self._connect()
        except (OSError, ValueError) as problem:
            raise Unreachable(_in_words(problem)) from problem

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except OSError:
                self._smtp.close()
        self._smtp = None

    def send(self, sender: str, reader: str, copies: Sequence[str], data: bytes) -> Outcome:
        """Hand in one message; call `open` first. Never raises for what the server or the line does."""
        smtp = self._smtp
        if smtp is None:
            return Outcome("later", "not connected", broken=True)
        try:
            code, text = smtp.mail(sender, _size(smtp, data))
            if code == 250:
                code, text = smtp.rcpt(reader)
            if code not in _TAKEN:
                return self._refusal(code, text)
            refused_copies = tuple(copy for copy in copies if smtp.rcpt(copy)[0] not in _TAKEN)
            code, text = smtp.docmd("DATA")
            if code != 354:
                return self._refusal(code, text)
        except OSError as problem:
            self._drop()
            return Outcome("later", _in_words(problem), broken=True)
        try:
            for piece in _wire_pieces(data):
                smtp.send(piece)
            code, text = smtp.getreply()
        except OSError as problem:
            self._drop()
            return Outcome("uncertain", _in_words(problem), broken=True)
        if 200 <= code < 300:
            return Outcome("sent", _line(code, text), refused_copies)
        if 400 <= code < 600:
            return self._refusal(code, text)
        self._drop()
        return Outcome("uncertain", _line(code, text), broken=True)

    def _connect(self) -> smtplib.SMTP:
        server, name = self._server, str(DNS_NAME)
        # Reading the machine's certificates takes longer than a whole talk without them.
        context = ssl.create_default_context() if server.tls or server.starttls else None
        smtp: smtplib.SMTP
        if server.tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
        try:
            if server.starttls:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _still_there(self, smtp: smtplib.SMTP) -> bool:
        try:
            if smtp.rset()[0] == 250:
                return True
        except OSError:
            pass
        self._drop()
        return False

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _refusal(self, code: int, text: bytes) -> Outcome:
        # 421 is a server that goes away, -1 an answer that is none; both say nothing about the message.
        broken = code in (421, -1)
        if broken:
            self._drop()
        return Outcome("refused" if 500 <= code < 600 else "later", _line(code, text), broken=broken)


def _size(smtp: smtplib.SMTP, data: bytes) -> list[str]:
    """Have a server that announces a limit refuse a message before all of it was sent."""
    return [f"SIZE={len(data)}"] if smtp.has_extn("size") else []


def _wire_pieces(data: bytes) -> Sequence[bytes]:
    """The message with doubled leading dots and its final dot, cut (RFC 5321, 4.5.2)."""
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    wire = re.sub(rb"(?m)^\.", b"..", data) + b".\r\n"
    return [wire[start : start + _PIECE] for start in range(0, len(wire), _PIECE)]


def _line(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:500]


def _in_words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        text = problem.smtp_error
        return _line(problem.smtp_code, text if isinstance(text, bytes) else text.encode())
    return str(problem)[:500] or type(problem).__name__
