"""What the logs hear: log-ins and log-outs from Django, and that the database was brought up to date."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.dispatch import receiver
from django.http import HttpRequest

from base.accounts.models import User
from base.audit.accesses import note_access
from base.audit.models import Access
from base.audit.sealing import seal
from base.chatter.models import Event
from base.company import clock


def address_of(request: HttpRequest | None) -> str:
    """Where a request comes from, as the throttles of the log-in see it; empty where nothing tells."""
    if request is None:
        return ""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # what allauth makes of an address it cannot find
        return ""


@receiver(user_logged_in)
def came_in(sender: object, request: HttpRequest | None, user: User, **_rest: object) -> None:
    note_access(Access.Kind.LOGIN, by=user, at=clock.now(), address=address_of(request), name=user.username)


@receiver(user_logged_out)
def left(sender: object, request: HttpRequest | None, user: User | None, **_rest: object) -> None:
    if user is not None:
        note_access(Access.Kind.LOGOUT, by=user, at=clock.now(), address=address_of(request), name=user.username)


@receiver(user_login_failed)
def was_refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    """The name as it was typed, never the password."""
    name = str(credentials.get("email") or credentials.get("username", ""))
    note_access(Access.Kind.FAILED, by=None, at=clock.now(), address=address_of(request), name=name)


def seal_what_is_stored(*, using: str = "default", apps: Apps = installed_apps, **_: object) -> None:
    """After migrating: a database from before the seals keeps its events, and all of them are sealed."""
    connection = connections[using]
    if "audit_seal" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        stored = connection.introspection.get_table_description(cursor, Event._meta.db_table)
    if {field.column for field in Event._meta.concrete_fields} <= {column.name for column in stored}:
        seal(at=clock.now(), whole=True)
