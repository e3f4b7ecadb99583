"""The service desk at full size: what the alarm sweep costs, and how long the board and its lists take."""

from datetime import timedelta

from django.db import connection

from base.accounts.models import User
from bench.data import AT
from bench.measure import Figures, median, seconds
from contracts.models import Contract
from service.models import Alarm, RequestEvent, ServiceRequest, SlaVersion, Visit
from service.watch import ring


def fill(count: int) -> None:
    """Open requests of which none is late at `AT`; each with its report and its two alarms."""
    director, version = User.objects.get(username="director"), SlaVersion.objects.get()
    contracts = list(Contract.objects.select_related("customer")[:5000])
    due = AT + timedelta(days=1)
    for start in range(0, count, 5000):
        requests = ServiceRequest.objects.bulk_create(
            [
                ServiceRequest(
                    number=f"FW-BENCH-{n:07d}", contract=contracts[n % len(contracts)],
                    customer=contracts[n % len(contracts)].customer, title=f"检索缓慢 {n}", system=f"平台{n % 97}",
                    request_class="question", phase="maintenance", sla=version, reported_at=AT - timedelta(minutes=n % 600),
                    respond_by=due, response="pending", arrival="none", resolution="none", assignee=director,
                    status=("new", "working", "waiting")[n % 3],
                )
                for n in range(start, min(start + 5000, count))
            ]
        )  # fmt: skip
        RequestEvent.objects.bulk_create(
            [
                RequestEvent(request=each, at=each.reported_at, kind="reported", request_class="question", by=director)
                for each in requests
            ]
        )
        Alarm.objects.bulk_create(
            [
                Alarm(request=each, leg="response", is_end=is_end, due_at=due - timedelta(hours=0 if is_end else 6))
                for each in requests
                for is_end in (False, True)
            ]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill_visits(count: int) -> None:
    """Visits of the last years, one in a hundred of them still to be held."""
    director, contracts = (
        User.objects.get(username="director"),
        list(Contract.objects.select_related("customer")[:5000]),
    )
    for start in range(0, count, 5000):
        Visit.objects.bulk_create(
            [
                Visit(
                    number=f"FD-BENCH-{n:07d}", contract=contracts[n % len(contracts)], title=f"巡检扩容 {n}", kind="upgrade",
                    customer=contracts[n % len(contracts)].customer, engineer=director, planned_at=AT - timedelta(hours=n // 10),
                    planned_until=AT - timedelta(hours=n // 10 - 1), planned_on=(AT - timedelta(hours=n // 10)).date(),
                    status="signed" if n % 100 else "planned",
                )
                for n in range(start, min(start + 5000, count))
            ]
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(figures: Figures, count: int) -> None:
    """The sweep with nothing due, and with a hundred alarms; the pages are measured by `bench.pages`."""
    fill(count)
    fill_visits(count)
    idle = median(lambda: ring(AT), 9)
    figures.add(f"alarm sweep, nothing due of {count:,} open", f"{idle * 1000:.1f} ms", aim="follows what is due")
    some = list(Alarm.objects.filter(is_end=False).values_list("pk", flat=True)[:100])
    Alarm.objects.filter(pk__in=some).update(due_at=AT - timedelta(minutes=1))
    took = seconds(lambda: ring(AT))
    figures.add("alarm sweep, 100 due", f"{took * 1000:.0f} ms")
