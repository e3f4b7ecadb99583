"""Reading the environment strictly: a value that is not understood stops the start, it is never guessed."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable: only `1 true yes on` and `0 false no off` are understood."""
    raw = os.environ.get(name, "").strip()
    return _truth(name, raw) if raw else default


def _truth(name: str, raw: str) -> bool:
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}")


def names(name: str, *, default: list[str]) -> list[str]:
    """A comma-separated list."""
    raw = os.environ.get(name, "")
    return [part.strip() for part in raw.split(",") if part.strip()] or default


def hours(name: str, *, default: float) -> float:
    """A number of hours above nothing."""
    raw = os.environ.get(name, "").strip()
    try:
        number = float(raw) if raw else default
    except ValueError:
        number = 0
    if not 0 < number < 24 * 366:
        raise ImproperlyConfigured(f"{name} must be a number of hours, not {raw!r}")
    return number


#: As Django's own check (security.W009) asks for.
_KEY_LENGTH, _KEY_LETTERS = 50, 5


def refuse_unsafe(*, https: bool, debug: bool, secret_key: str) -> None:
    """Stop the start of an installation that others reach, where errors would show its insides or its key is guessed."""
    if https and debug:
        raise ImproperlyConfigured("DEBUG shows the inside of the program to everybody: not together with HTTPS.")
    if https and (len(secret_key) < _KEY_LENGTH or len(set(secret_key)) < _KEY_LETTERS):
        raise ImproperlyConfigured(
            f"SECRET_KEY must have at least {_KEY_LENGTH} random characters; leave it out, and one is made and kept."
        )


def secret(name: str, *, kept_in: Path) -> str:
    """The variable, or a random value made once and kept in a file only its owner can read."""
    if value := os.environ.get(name):
        return value
    try:
        with os.fdopen(os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return kept_in.read_text()


def keep_private(folder: Path) -> None:
    """Make the folder the data lies in, for its owner alone, and whatever this process makes from now on with it.

    What an earlier version left open to others is closed by its folder. Somebody else's folder stays as it is.
    """
    os.umask(0o077)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = folder.stat()
    if known.st_uid != os.geteuid() or not known.st_mode & 0o077:
        return
    folder.chmod(0o700)
    for place, _folders, files in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in files)):
            # What was taken away meanwhile, or leads elsewhere, needs no change.
            with contextlib.suppress(OSError):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode & 0o700)


class MailServer(NamedTuple):
    """What `EMAIL_URL` says: through which of Django's backends, where to, as whom, and how it is kept private."""

    backend: str
    host: str
    port: int
    user: str
    password: str
    #: The talk begins in the clear and turns to TLS (STARTTLS); with `tls` it is TLS from the start. Never both.
    starttls: bool
    tls: bool


def mail_server(url: str) -> MailServer:
    """Read an address such as `submission://user:password@mail.example.com`; user and password are percent-encoded.

    Schemes: `submission` (also `submit`, `smtps`) is port 587 with STARTTLS; `smtp` is port 25 with neither, unless
    `?ssl=True` or `?tls=True` follows. `console`, `file`, `memory` and `dummy` send nothing.
    Raises `ImproperlyConfigured` for everything else. The message never repeats the address: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise ImproperlyConfigured("EMAIL_URL is no address: its port or host cannot be read.") from problem
    if parts.scheme not in _MAIL_SCHEMES:
        raise ImproperlyConfigured(f"EMAIL_URL must begin with one of {', '.join(_MAIL_SCHEMES)}, followed by ://")
    known = _MAIL_SCHEMES[parts.scheme]
    if parts.scheme in _WITH_STARTTLS and not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL names no host.")
    starttls, tls = _privacy(parts.query, starttls=parts.scheme in _WITH_STARTTLS)
    return MailServer(
        backend=f"django.core.mail.backends.{known.backend}.EmailBackend",
        host=parts.hostname or "localhost",
        port=port or known.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=starttls,
        tls=tls,
    )


class _MailScheme(NamedTuple):
    backend: str
    port: int = 0


_WITH_STARTTLS = ("submission", "submit", "smtps")
_MAIL_SCHEMES = {
    **dict.fromkeys(_WITH_STARTTLS, _MailScheme("smtp", 587)),
    "smtp": _MailScheme("smtp", 25),
    "console": _MailScheme("console"),
    "file": _MailScheme("filebased"),
    "memory": _MailScheme("locmem"),
    "dummy": _MailScheme("dummy"),
}


def _privacy(query: str, *, starttls: bool) -> tuple[bool, bool]:
    """(STARTTLS, TLS from the start), as the scheme says unless `ssl` or `tls` is asked for."""
    wanted = {name: _truth(f"{name} in EMAIL_URL", raw) for name, raw in parse_qsl(query) if name in ("ssl", "tls")}
    if wanted.get("ssl"):
        return False, True
    return starttls or wanted.get("tls", False), False
