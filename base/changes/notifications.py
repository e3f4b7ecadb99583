"""Who hears of a change that takes a second person: who may decide, who asked, and the person it is about."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from base.accounts import access
from base.accounts.models import User
from base.changes import kinds
from base.changes.models import PendingChange
from base.chatter import labels
from base.chatter.operations import make_todo, write_todos
from base.company.queries import company, today
from base.mail import texts
from base.mail.queue import MailDraft, language_of, own_draft, write_mails
from base.mail.texts import from_files

_CHANGE = {
    "reader": _("the reader's name"),
    "what": _("what was changed"),
    "about": _("whose it is"),
    "author": _("who did it"),
    "link": _("the address of the change"),
    "company": _("our name"),
}
_SAMPLES = {
    "zh-hans": {
        "reader": "陈静", "what": "账号与权限", "about": "李伟", "author": "王芳",
        "link": "https://weibao.example.com/changes/1/", "company": "维保科技有限公司",
    },
    "en": {
        "reader": "Chen Jing", "what": "Log-in and rights", "about": "Li Wei", "author": "Wang Fang",
        "link": "https://weibao.example.com/changes/1/", "company": "Weibao Technology Ltd",
    },
}  # fmt: skip


def register() -> None:
    texts.register(from_files("change_unconfirmed", _("Change without a second person"), _CHANGE, _SAMPLES))
    texts.register(from_files("rights_changed", _("Your log-in was changed"), _CHANGE, _SAMPLES))
    labels.say(
        events={
            "change_asked": _("change asked for"),
            "change_granted": _("change granted"),
            "change_refused": _("change refused"),
            "change_withdrawn": _("request for a change withdrawn"),
            "change_confirmed": _("change confirmed"),
            "change_undone": _("change undone"),
            "change_used": _("grant used"),
        },
        todos={
            "change_to_decide": _("Decide: %(what)s, %(about)s"),
            "change_decided": _("%(what)s, %(about)s: %(answer)s"),
        },
        values={"granted": _("granted: carry it out")},
    )


def ask(change: PendingChange, deciders: Iterable[User], *, at: datetime) -> None:
    """A to-do for each who may decide; the first to do so settles them all. It holds no sum."""
    write_todos(
        make_todo(
            change,
            kind="change_to_decide",
            due_on=today(at),
            at=at,
            assignee=each,
            cause=f"change_to_decide:{change.pk}:{each.pk}",
            params=_about(change),
        )
        for each in deciders
    )


def tell_author(change: PendingChange, *, at: datetime) -> None:
    """What became of it, with the reason if it was refused."""
    if change.asked_by is None:
        return
    answer = change.answer or {"code": "granted"}
    todo = make_todo(
        change,
        kind="change_decided",
        due_on=today(at),
        at=at,
        assignee=change.asked_by,
        cause=f"change_decided:{change.pk}",
        params={**_about(change), "answer": answer},
    )
    write_todos([todo])


def tell_unconfirmed(change: PendingChange, *, at: datetime) -> None:
    """By mail to all who could have agreed or may one day, so that it does not stay unknown."""
    roles = access.roles_with("changes.confirm")
    readers = User.objects.filter(is_active=True, role__in=roles)
    write_mails([_mail(change, "change_unconfirmed", each, each.email) for each in readers], at=at)


def tell_person(change: PendingChange, *, at: datetime) -> None:
    """The person it is about, by mail: to the address of old, too, if that was changed."""
    person = change.target
    if isinstance(person, User):
        old = change.changes.get("email", [None])[0]
        addresses = dict.fromkeys(filter(None, [person.email, old]))
        write_mails([_mail(change, "rights_changed", person, each) for each in addresses], at=at)


def _about(change: PendingChange) -> dict[str, object]:
    return {"what": {"code": change.kind}, "about": str(change.target)}


def _mail(change: PendingChange, kind: str, reader: User, address: str) -> MailDraft:
    our_company = company()
    with translation.override(language_of(reader)):
        what = str(kinds.named(change.kind).label)
    variables = {
        "what": what,
        "about": str(change.target),
        "reader": str(reader),
        "author": str(change.decided_by or change.asked_by or our_company.name),
        "link": f"{settings.PUBLIC_URL}{reverse('changes:sheet', args=[change.pk])}",
        "company": our_company.name,
    }
    cause = f"{kind}:{change.pk}:{change.version}"
    return own_draft(reader, cause=cause, kind=kind, target=change, variables=variables, address=address)


def tell_of_log_in(user: User, what: str | Promise, *, by: User | None, at: datetime, address: str = "") -> None:
    """A person reads that something was done to their log-in, at their own address or at that of before."""
    our_company = company()
    with translation.override(language_of(user)):
        done = str(what)
    variables = {
        "what": done,
        "about": str(user),
        "author": str(by or our_company.name),
        "reader": str(user),
        "link": f"{settings.PUBLIC_URL}{reverse('profile')}",
        "company": our_company.name,
    }
    cause = f"rights_changed:{user.pk}:{at:%Y%m%d%H%M%S%f}"
    draft = own_draft(user, cause=cause, kind="rights_changed", target=user, variables=variables, address=address)
    write_mails([draft], at=at)
