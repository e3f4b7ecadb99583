"""Two checkouts in one run: how many lists and sheets a second two gunicorn workers of each serve, by turns.

    python -m bench.beside PATH_OF_THE_OTHER_CHECKOUT

DATABASE_URL and BESIDE_DATABASE_URL name an empty or a filled PostgreSQL database for each; an empty one is filled by its
own checkout (BENCH_CONTRACTS). BESIDE_PYTHON is the other's interpreter, where it needs another one.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS, WORKERS, ROUNDS, SECONDS = 4, 2, 5, 8.0
#: Fills an empty database, logs a director in, and says who he is and which sheet is looked at.
_PREPARE = """
import os, sys
sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from base.accounts.models import User
from contracts.models import Contract
if not Contract.objects.exists():
    from bench.data import fill
    count = int(os.environ.get("BENCH_CONTRACTS", "100000"))
    fill(count, due=count // 10)
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(User.objects.get(username="director"))
print(client.cookies["sessionid"].value, Contract.objects.order_by("pk")[500].pk)
"""


@dataclass
class Checkout:
    """A tree of the product with its database and its running workers."""

    name: str
    folder: Path
    python: str
    database: str
    port: int = 0
    session: str = ""
    sheet: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        data = {
            "DATABASE_URL": self.database,
            "DATA_DIR": str(Path(tempfile.gettempdir(), f"bench-{self.name}")),
            "LOG_LEVEL": "CRITICAL",
        }
        return {**os.environ, **data, "ALLOWED_HOSTS": "127.0.0.1"}

    def start(self) -> None:
        """Fill and migrate the database, log in, and start the workers."""
        prepared = subprocess.run(
            [self.python, "-c", _PREPARE],
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        self.session, self.sheet = prepared.stdout.split()[-2:]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS)]
        self.process = subprocess.Popen([self.python, *words], cwd=self.folder, env=self.environment)
        for _try in range(100):
            if self.get(http.client.HTTPConnection("127.0.0.1", self.port), "/contracts/"):
                return
            time.sleep(0.3)
        raise SystemExit(f"{self.folder} does not answer")

    def get(self, connection: http.client.HTTPConnection, address: str) -> bool:
        """Whether the page was read whole."""
        try:
            connection.request("GET", address, headers={"Cookie": f"sessionid={self.session}"})
            answer = connection.getresponse()
            return bool(answer.read()) and answer.status == 200
        except OSError:
            connection.close()
            return False

    def served(self, address: str) -> float:
        """Pages a second over all connections."""
        counts, until = [0] * CONNECTIONS, time.perf_counter() + SECONDS

        def ask(place: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            while time.perf_counter() < until:
                counts[place] += self.get(connection, address)

        threads = [threading.Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / (time.perf_counter() - begun)


def main(other: str) -> int:
    ours = Checkout("ours", Path.cwd(), sys.executable, os.environ["DATABASE_URL"])
    python = os.environ.get("BESIDE_PYTHON") or sys.executable
    theirs = Checkout("beside", Path(other).resolve(), python, os.environ["BESIDE_DATABASE_URL"])
    both = (ours, theirs)
    try:
        for each in both:
            each.start()
        for what, address in (("lists", "/contracts/"), ("sheets", "/contracts/{sheet}/")):
            found: dict[str, list[float]] = {each.name: [] for each in both}
            for _round in range(ROUNDS):
                for each in both:
                    found[each.name].append(each.served(address.format(sheet=each.sheet)))
            here, there = (statistics.median(found[each.name]) for each in both)
            print(f"{what}: {here:.1f} a second, beside {there:.1f}: {here / there:.2f}×", flush=True)
    finally:
        for each in both:
            if each.process:
                each.process.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
