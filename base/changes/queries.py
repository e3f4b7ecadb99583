"""Who may decide a change, which changes wait, and which a person sees."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from base.accounts import access
from base.accounts.models import User
from base.changes import kinds
from base.changes.kinds import ChangeKind
from base.changes.models import OPEN, ChangeStatus, PendingChange
from base.chatter import visibility


def deciders(kind: ChangeKind, *, asked_by: User | None, target: Model) -> list[User]:
    """Who may agree: whoever has the right and can log in, but neither the author nor the person it is about."""
    able = User.objects.filter(is_active=True, role__in=access.roles_with(kind.decides))
    own = asked_by.pk if asked_by else None
    return [each for each in able if each.has_usable_password() and each.pk != own and not _is(each, target)]


def may_decide(change: PendingChange, user: User) -> bool:
    """Whether this person may say yes or no: by a role of their own, or in the place of somebody who may."""
    kind, target = kinds.named(change.kind), change.target
    if user.pk == change.asked_by_id or target is None or _is(user, target) or not access.may(user, kind.decides):
        return False
    if access.has_role_for(user, kind.decides):
        return True
    return any(
        each.pk != change.asked_by_id and not _is(each, target) for each in access.principals(user, kind.decides)
    )


def _is(user: User, target: Model) -> bool:
    return isinstance(target, User) and target.pk == user.pk


def of(target: Model) -> QuerySet[PendingChange]:
    """All changes of a record that took a second person, the newest first."""
    return PendingChange.objects.filter(
        target_type=ContentType.objects.get_for_model(target), target_id=target.pk
    ).select_related("asked_by", "decided_by")


def open_changes(target: Model) -> QuerySet[PendingChange]:
    """Those somebody still has to decide."""
    return of(target).filter(status__in=OPEN)


def unconfirmed() -> QuerySet[PendingChange]:
    """What is in force without a second person having agreed."""
    return PendingChange.objects.filter(status=ChangeStatus.UNCONFIRMED)


def granted(target: Model, kind: str, *, to: User, since: datetime, within: timedelta) -> PendingChange | None:
    """The newest grant of this kind that a person has not used yet."""
    rows = of(target).filter(kind=kind, asked_by=to, status=ChangeStatus.GRANTED)
    return rows.filter(decided_at__gt=since - within).first()


def visible_to(user: User) -> QuerySet[PendingChange]:
    """The changes a person sees: of records they see, with values they may read; and what they asked for."""
    seen = Q(asked_by=user)
    for kind in kinds.all_kinds():
        rows = visibility.rows_of(kind.about, user) if access.may(user, kind.view) else None
        if rows is not None:
            about = ContentType.objects.get_for_model(kind.about)
            seen |= Q(kind=kind.name, target_type=about, target_id__in=rows.values("pk"))
    return PendingChange.objects.filter(seen)
