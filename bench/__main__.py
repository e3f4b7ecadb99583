"""`make bench`: fills a database of its own and prints each figure beside its baseline.

DATABASE_URL must name a PostgreSQL server (`.ci/with-services make bench` starts one);
BENCH_CONTRACTS makes it smaller.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from bench import days, desk, files, links, logs, pages
    from bench.data import fill
    from bench.measure import Figures, machine, seconds

    count = int(os.environ.get("BENCH_CONTRACTS", "100000"))
    settings.ALLOWED_HOSTS = ["testserver"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        figures = Figures()
        print(machine(), flush=True)
        filled = seconds(lambda: fill(count, due=count // 10))
        figures.add("contracts with term and plan, a second", f"{count / filled:,.0f}/s ({count:,})")
        days.nothing_due(figures)
        pages.measure(figures)
        days.quotes_due(figures, count // 10)
        files.measure(figures, count)
        desk.measure(figures, count)
        pages.measure_desk(figures)
        links.measure(figures)
        logs.measure(figures, count // 10)
        Path("var").mkdir(exist_ok=True)
        Path("var/bench.md").write_text(f"{machine()}\n\n{figures.table()}", encoding="utf-8")
        print("\nwritten to var/bench.md")
    finally:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
