"""EMAIL_URL is read as the operators' page says, and whatever else stands there stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import mail_server

SMTP = "django.core.mail.backends.smtp.EmailBackend"
STARTTLS, TLS, NEITHER = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "privacy"),
    [
        ("submission://user:password@mail.example.com", "mail.example.com", 587, "user", "password", STARTTLS),
        ("submit://mail.example.com", "mail.example.com", 587, "", "", STARTTLS),
        ("smtps://mail.example.com:2525", "mail.example.com", 2525, "", "", STARTTLS),
        ("submission://mail.example.com:2587", "mail.example.com", 2587, "", "", STARTTLS),
        ("submission://mail.example.com?ssl=0", "mail.example.com", 587, "", "", STARTTLS),
        ("submission://mail.example.com:465/?ssl=on", "mail.example.com", 465, "", "", TLS),
        ("smtp://mail.example.com:465/?ssl=True", "mail.example.com", 465, "", "", TLS),
        ("smtp://mail.example.com:465?ssl=true&tls=true", "mail.example.com", 465, "", "", TLS),
        ("smtp://mail.example.com?tls=yes", "mail.example.com", 25, "", "", STARTTLS),
        ("smtp://mail.example.com:25", "mail.example.com", 25, "", "", NEITHER),
        ("smtp://mail.example.com/?timeout=5", "mail.example.com", 25, "", "", NEITHER),
        ("smtp://", "localhost", 25, "", "", NEITHER),
        ("smtp://[2001:db8::1]:2525", "2001:db8::1", 2525, "", "", NEITHER),
        (
            "submission://service%40example.com:p%40ss%3A%2F%23%25@mail.example.com",
            "mail.example.com",
            587,
            "service@example.com",
            "p@ss:/#%",
            STARTTLS,
        ),
    ],
)
def test_a_mail_server_by_its_address(url, host, port, user, password, privacy):
    server = mail_server(url)
    assert server.backend == SMTP
    assert (server.host, server.port, server.user, server.password) == (host, port, user, password)
    assert (server.starttls, server.tls) == privacy


@pytest.mark.parametrize(
    ("scheme", "backend"), [("console", "console"), ("file", "filebased"), ("memory", "locmem"), ("dummy", "dummy")]
)
def test_what_sends_nothing(scheme, backend):
    assert mail_server(f"{scheme}://").backend == f"django.core.mail.backends.{backend}.EmailBackend"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mail.example.com", "must begin with one of submission"),
        ("imap://user:secret@mail.example.com", "must begin with one of submission"),
        ("submission://", "names no host"),
        ("smtp://user:secret#1@mail.example.com", "cannot be read"),
        ("smtp://mail.example.com:70000", "cannot be read"),
        ("smtp://[2001:db8::1", "cannot be read"),
        ("smtp://mail.example.com?ssl=maybe", "ssl in EMAIL_URL must be true or false, not 'maybe'"),
    ],
)
def test_what_is_not_understood_stops_the_start_and_shows_no_password(url, problem):
    with pytest.raises(ImproperlyConfigured, match=problem) as refused:
        mail_server(url)
    assert "secret" not in str(refused.value)
