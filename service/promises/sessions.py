"""Somebody on a customer's system from here: only with the customer's word, only in the time agreed, one at a time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import make_todo, record, write_todos
from base.company.queries import today
from base.lib.errors import Refused
from service.choices import ConsentStatus
from service.models import RemoteAccess, RemoteSession


@transaction.atomic
def start_session(*, access: RemoteAccess, by: User, at: datetime, seen: int | None = None) -> RemoteSession:
    """Somebody goes onto the system: only with the customer's word, only in the time agreed, one at a time."""
    require(by, "access.use")
    here = RemoteAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if here.status != ConsentStatus.AGREED:
        raise Refused(_("The customer has not agreed: nothing may be started."), code="no_consent")
    if not here.starts_at <= at < here.ends_at:
        raise Refused(_("The customer agreed to another time."), code="time")
    if by != here.engineer:
        raise Refused(_("The customer agreed to somebody else."), code="person")
    if here.sessions.filter(ended_at=None).exists():
        raise Refused(_("A session is open already."), code="session")
    session = RemoteSession.objects.create(access=here, by=by, started_at=at)
    record(access, "session_started", by=by, at=at)
    return session


@transaction.atomic
def end_session(*, access: RemoteAccess, done: str, by: User, at: datetime) -> RemoteSession:
    """Leave the system, and say what was done."""
    require(by, "access.use")
    session: RemoteSession | None = access.sessions.filter(ended_at=None).select_for_update(of=("self",)).first()
    if session is None:
        raise Refused(_("No session is open."), code="session")
    if by.role == Role.ENGINEER and by != session.by:
        raise Refused(_("Somebody else is on the system."), code="person")
    if not done.strip():
        raise Refused(_("Say what was done."), field="done")
    session.ended_at, session.done = at, done
    session.save(update_fields=["ended_at", "done"])
    record(access, "session_ended", by=by, at=at, note=done)
    return session


def alarm_overrun_sessions(*, at: datetime) -> None:
    """Somebody is still on a system after the time agreed: the engineer and the service manager are told, once."""
    late = RemoteSession.objects.filter(ended_at=None, access__ends_at__lt=at).select_related("access__contract", "by")
    write_todos(
        make_todo(
            session.access,
            kind="session_overrun",
            due_on=today(at),
            at=at,
            assignee=person,
            role=role,
            cause=f"session_overrun:{session.pk}:{role or 'person'}",
            params={"contract": session.access.contract.number, "what": session.access.system},
        )
        for session in late
        for person, role in ((session.by, ""), (None, Role.SERVICE_MANAGER))
    )


def may_be_used(access: RemoteAccess, at: datetime) -> bool:
    """Whether somebody may go onto the system now."""
    return access.status == ConsentStatus.AGREED and access.starts_at <= at < access.ends_at
