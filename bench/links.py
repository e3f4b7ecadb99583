"""Every link: all pages that can be reached by links, as each role, with the server's time for the whole HTML.

A page is an address's route with what its query asks for; of pages that differ only in their record or in the place in a
list two are looked at. Files and what a link would carry out are left alone.
"""

import re
import statistics
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from base.accounts.models import Role, User
from bench.measure import Figures

#: Addresses of one kind that are looked at, and pages of one role at most.
ALIKE, MOST = 2, 1500
SLOWEST = 20
_LINK = re.compile(r'(?:href|hx-get|data-url|data-feed)="([^"#]+)"')
#: Parameters that say where one came from or which record is meant: another value is the same page.
_PLACES = frozenset({"from", "i", "page", "next", "start", "end", "before"})


@dataclass(frozen=True)
class Visit:
    """One page: who looked, the best of two server times, and how much of it was the program's own."""

    role: str
    address: str
    seconds: float
    cpu: float
    status: int


def kind_of(address: str) -> str:
    """What two addresses have in common that lead to the same page of other records."""
    parts = urlsplit(address)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return ""
    asked = sorted(
        f"{name}={'*' if value.isdigit() or name in _PLACES else re.sub(r'=.*', '', value)}"
        for name, value in parse_qsl(parts.query)
    )
    return "?".join([route, "&".join(asked)])


def crawl(user: User) -> Iterator[Visit]:
    """Every page this person reaches from the home page by links."""
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "zh-hans"
    seen: Counter[str] = Counter()
    waiting, known = deque(["/", "/home/figures/", "/home/panels/"]), {"/"}
    while waiting and sum(seen.values()) < MOST:
        address = waiting.popleft()
        kind = kind_of(address)
        if not kind or seen[kind] >= ALIKE:
            continue
        seen[kind] += 1
        visit, html = _look(client, user, address)
        if visit is None:
            continue
        yield visit
        for link in _LINK.findall(html):
            target = urldefrag(urljoin(address, unescape(link)))[0]
            if target.startswith("/") and not target.startswith(("//", "/static/")) and target not in known:
                known.add(target)
                waiting.append(target)


def _look(client: Client, user: User, address: str) -> tuple[Visit | None, str]:
    """The page, looked at twice. None for what is no page, such as a file."""
    if re.search(r"export|\.(xlsx|csv|pdf)|/files?/|paper|document|log-?out", address):
        return None, ""
    times = []
    for _round in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        response = client.get(address)
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    kind = response.headers.get("Content-Type", "")
    if response.streaming or not kind.startswith(("text/html", "application/json")):
        return None, ""
    wall, cpu = min(times)
    return Visit(user.role, address, wall, cpu, response.status_code), response.content.decode()


def measure(figures: Figures) -> None:
    """As each role; prints the slowest pages of all."""
    found: list[Visit] = []
    for role in Role:
        user = User.objects.filter(role=role, is_active=True).order_by("pk").first()
        user = user or User.objects.create(username=f"bench-{role}", display_name=str(role.label), role=role)
        found += crawl(user)
    wrong = [visit for visit in found if visit.status >= 400]
    for visit in wrong:
        print(f"{visit.status} {visit.role} {visit.address}")
    print(f"the slowest {SLOWEST} of {len(found)} pages:")
    for visit in sorted(found, key=lambda each: -each.seconds)[:SLOWEST]:
        print(f"{visit.seconds * 1000:7.0f} ms, {visit.cpu * 1000:5.0f} in Python, {visit.role:15} {visit.address}")
    times = sorted(visit.seconds for visit in found)
    quick = sum(1 for each in times if each < 0.1) / len(times)
    figures.add(
        f"every link, {len(found):,} pages of {len(Role)} roles",
        f"{quick:.1%} under 100 ms, median {statistics.median(times) * 1000:.0f}, most {times[-1] * 1000:.0f} ms",
        aim="95 % under 100 ms, none over 300",
    )
