"""What a person waits for: list, search and sheet at full size, whole HTML, server time and query count."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from base.accounts.models import User
from bench.measure import Figures, median
from contracts.models import Contract


def measure_desk(figures: Figures) -> None:
    """The board and the lists of the service desk."""
    _pages(
        figures,
        {
            "requests, list": "/requests/",
            "requests, open": "/requests/?quick=open",
            "requests, over time": "/requests/?quick=overdue",
            "requests, board": "/requests/board/",
            "requests, search": "/requests/?q=0000123",
            "who is calling, by phone": "/requests/calling/?calling=0571-5550",
            "visits, list": "/visits/",
            "visits, open": "/visits/?quick=open",
            "visits, board": "/visits/board/",
            "visits and inspections of a month": "/service/month/feed/?start=2026-11-01&end=2026-12-01",
        },
        "≤ 100 ms",
    )


def measure(figures: Figures) -> None:
    number = Contract.objects.order_by("pk")[500]
    addresses = {
        "contract list, first page": "/contracts/",
        "contract list, customer contains 000123": "/contracts/?q=000123",
        "contract list, by number": "/contracts/?q=WB-05000",
        "contract list, sorted by customer": "/contracts/?sort=customer",
        "contract list, page 500": "/contracts/?page=500",
        "contract sheet": f"/contracts/{number.pk}/",
        "customer list": "/customers/",
        "global search": "/search/?q=000123",
        "home: to-dos": "/",
        "home: figures": "/home/figures/",
        "home: panels": "/home/panels/",
        "forecast of twelve months": "/forecast/?from=2026-11-22&to=2027-11-22",
        "forecast of twelve months, sums": "/forecast/sums/?from=2026-11-22&to=2027-11-22",
        "plan by kind": "/plan/?group=kind",
        "inspections by state": "/inspections/?group=action__state",
        "month of inspections": "/inspections/month/feed/?start=2026-11-01&end=2026-12-13",
    }
    _pages(figures, addresses, "≤ 60 ms")


def _pages(figures: Figures, addresses: dict[str, str], aim: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="director"))
    for what, address in addresses.items():
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status_code}")
        took = median(lambda address=address: client.get(address), 9)  # type: ignore[misc]
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        figures.add(what, f"{took * 1000:.0f} ms, {len(queries)} queries", aim=aim)
