"""`manage.py serve [--demo]`: the whole product on one machine, web, workers and beat together (docs/commands.md 10)."""

import fcntl
import getpass
import http.client
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from base.accounts.models import Role, User
from base.chatter.operations import create
from ops.processes import Child, Supervisor, free_port

_START_SECONDS = 60


def children(listener: socket.socket) -> list[Child]:
    """The four processes; gunicorn takes over the socket that we already hold."""
    # Celery's banner and its warning about root would hide what a person has to read.
    quiet = ["-W", "ignore:You're running the worker", "-m", "celery", "--quiet"]
    celery = [sys.executable, *quiet, "-A", "config.celery"]
    calm = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    schedule = Path(settings.DATA_DIR) / "beat"
    schedule.mkdir(exist_ok=True)
    descriptor = listener.fileno()
    web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{descriptor}", "--workers", "2"]
    return [
        Child(
            "web",
            [*web, "--threads", "4", "--timeout", "120", "--no-control-socket", "--log-level", "warning"],
            inherits=[descriptor],
        ),
        Child(
            "worker",
            [*celery, "worker", "--concurrency", "2", *calm],
        ),
        Child(
            "jobs",
            [*celery, "worker", "--queues", "jobs", "--hostname", "jobs@%h", "--concurrency", "1", *calm],
        ),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", f"--schedule={schedule / 'schedule'}"]),
    ]


def answers(listener: socket.socket) -> bool:
    """Whether the web process takes requests; any answer will do."""
    connection = http.client.HTTPConnection(*listener.getsockname(), timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


class Command(BaseCommand):
    help = "Serve the product: migrate, then run web, workers and beat until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo if nobody has a log-in yet")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="first port to try")

    def handle(self, **options: Any) -> None:
        with (Path(settings.DATA_DIR) / "serve.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise CommandError(f"Already running at {lock.read()}") from None
            call_command("migrate", verbosity=0)
            if not User.objects.exists():
                self.first_people(demo=options["demo"])
            connections.close_all()
            listener = free_port(options["host"], options["port"])
            address = f"http://{options['host']}:{listener.getsockname()[1]}"
            # The children read it from the environment; the demo, which this process loads, from the settings.
            settings.PUBLIC_URL = os.environ.setdefault("PUBLIC_URL", address)
            lock.truncate(0)
            lock.write(address)
            lock.flush()
            sys.exit(self.run_until_stopped(listener, address, demo=options["demo"]))

    def run_until_stopped(self, listener: socket.socket, address: str, *, demo: bool) -> int:
        """0 after Ctrl-C, 1 when a process could not be kept alive."""
        supervisor = Supervisor(children(listener), report=self.stderr.write)
        supervisor.stop_on_signals()
        supervisor.start()
        deadline = time.monotonic() + _START_SECONDS
        while not (ready := answers(listener)) and time.monotonic() < deadline and not supervisor.stopping:
            if not supervisor.revive():
                break
            time.sleep(0.2)
        if ready and not supervisor.stopping:
            if demo:
                call_command("load_demo", logins=True, stdout=self.stdout)
            self.stdout.write(self.style.SUCCESS(f"\nWeibao is running at {address}  (Ctrl-C stops it)"))
            # Also where standard output is a file or a pipe.
            self.stdout.flush()
        return supervisor.watch()

    def first_people(self, *, demo: bool) -> None:
        """The demo, or the first administrator: asked for at a terminal, else taken from the environment."""
        if demo:
            self.stdout.write("Loading the demo")
            self.stdout.flush()
            call_command("load_demo", quiet=True)
        elif "ADMIN_PASSWORD" in os.environ:
            answer = {name: os.environ.get(f"ADMIN_{name.upper()}", "") for name in ("username", "name", "email")}
            self.create_administrator(**answer, password=os.environ["ADMIN_PASSWORD"])
        elif sys.stdin.isatty():
            self.ask_for_administrator()
        else:
            raise CommandError(
                "Nobody has a log-in yet: start this once at a terminal, or set ADMIN_USERNAME, ADMIN_NAME, "
                "ADMIN_EMAIL and ADMIN_PASSWORD."
            )

    def ask_for_administrator(self) -> None:
        """Ask until the answers make a valid user."""
        self.stdout.write("Nobody has a log-in yet. Who is the first administrator?")
        while True:
            answer = {name: input(f"  {name}: ").strip() for name in ("username", "name", "email")}
            try:
                self.create_administrator(**answer, password=getpass.getpass("  password: "))
            except CommandError as problem:
                self.stderr.write(str(problem))
            else:
                return

    def create_administrator(self, *, username: str, name: str, email: str, password: str) -> None:
        """Raises `CommandError` with everything that is wrong with the answers."""
        user = User(username=username, display_name=name or username, email=email, role=Role.ADMINISTRATOR)
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as problem:
            raise CommandError("\n".join(f"  {message}" for message in problem.messages)) from problem
        create(user, by=None, at=timezone.now())
