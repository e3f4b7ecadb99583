"""The hold on all mail, and what leaves when it is lifted: exactly the rows that are ticked here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from base.accounts.access import action
from base.mail import release as operations
from base.mail.jobs import AT_ONCE, ask_release, chosen, sentences
from base.mail.models import KIND_LABELS, OutgoingMail
from base.mail.occasions import addressed, load_targets, occasion_of
from base.mail.pages.mails import READ, MailPage
from base.mail.queries import held_because
from base.mail.release import Seen
from base.ui import registry
from base.ui.inputs import keys, whole
from base.ui.look import Look, Text

#: Rows of one page.
SHOWN = 100


@dataclass(frozen=True)
class Row:
    """A mail that waits, as whoever releases may know it. `href` leads to it where they may read it, too."""

    mail: OutgoingMail
    kind: Text
    customer: str
    reader: str
    #: The key, the version and whom it would go to, as they are sent back.
    token: str
    old: bool
    ticked: bool
    href: str


@action("mails.release")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """What waits, row by row, whoever may read it; posted, the ticked rows leave and all others stay."""
    look = Look.of(request)
    if request.method == "POST":
        return _released(request, look)
    kind = request.GET.get("kind", "")
    waiting = operations.waiting().filter(kind=kind) if kind else operations.waiting()
    paged = Paginator(waiting, SHOWN).get_page(request.GET.get("page"))
    rows = _rows(paged, look)
    others = operations.proposed(waiting, look.now).exclude(pk__in=[row.mail.pk for row in rows])
    context = {
        "look": look,
        "why": held_because(),
        "kinds": [{**each, "label": _label(str(each["kind"]))} for each in operations.by_kind(look.now)],
        "kind": kind,
        "kind_label": _label(kind) if kind else "",
        "paged": paged,
        "rows": rows,
        **_packed(others),
    }
    return TemplateResponse(request, "mail_pages/release.html", context)


def _released(request: HttpRequest, look: Look) -> HttpResponseRedirect:
    shown = {key: Seen(version, face) for key, version, face in map(_read, request.POST.getlist("row"))}
    ticked = set(keys(request.POST.getlist("tick")))
    others = request.POST.get("others", "") if request.POST.get("with_others") else ""
    seen = chosen(shown, ticked, others)
    if operations.waiting()[: AT_ONCE + 1].count() > AT_ONCE:
        operations.check_release(look.user)
        job = ask_release(shown=shown, ticked=ticked, others=others, by=look.user, at=look.now)
        return HttpResponseRedirect(registry.address(job, look))
    done = operations.release_mails(seen=seen, by=look.user, at=look.now)
    _tell(request, done)
    return HttpResponseRedirect(reverse("mail_release") if done.staying else MailPage.address())


def _label(kind: str) -> Text:
    return cast("Text", KIND_LABELS.get(kind, kind))


def _packed(others: "QuerySet[OutgoingMail]") -> dict[str, Any]:
    """The proposed rows of the other pages, in the versions they have now."""
    versions = list(others.order_by("pk").values_list("pk", "version"))
    return {"others": operations.packed(versions), "others_count": len(versions)}


def _rows(paged: "Page[OutgoingMail]", look: Look) -> list[Row]:
    mails = list(paged.object_list)
    load_targets(mails)
    now = addressed(mails, for_screen=True)
    readable = set(MailPage.all_rows(look.user).filter(pk__in=[mail.pk for mail in mails]).values_list("pk", flat=True))
    return [_row(mail, now, look.now, opens=look.may(READ) and mail.pk in readable) for mail in mails]


def _row(mail: OutgoingMail, now: Any, at: datetime, *, opens: bool) -> Row:
    reader, occasion = now[mail.pk], occasion_of(mail)
    customer = occasion.customer(mail.target) if occasion and mail.target else None
    old = mail.queued_at < at - operations.STALE_AFTER
    return Row(
        mail,
        _label(mail.kind),
        str(customer or ""),
        f"{reader.to_name} <{reader.to_email}>".strip() if reader and reader.to_email else "",
        f"{mail.pk}:{mail.version}:{operations.face_of(reader)}",
        old,
        ticked=not old and not mail.on_hold,
        href=MailPage.address("sheet", mail.pk) if opens else "",
    )


def _read(token: str) -> tuple[int, int, str]:
    typed, _colon, rest = token.partition(":")
    number, _colon, face = rest.partition(":")
    key, version = whole(typed), whole(number)
    if key is None or version is None or not face:
        raise operations.out_of_date()
    return key, version, face


def _tell(request: HttpRequest, done: operations.Released) -> None:
    leaving, *others = sentences(done)
    messages.success(request, leaving)
    for told in others:
        (messages.warning if done.changed and told == others[0] else messages.info)(request, told)


@action("mails.release")
@require_POST
def hold_all(request: HttpRequest) -> HttpResponse:
    """Nothing leaves any more, also what a sweep has just begun with."""
    look = Look.of(request)
    operations.hold_all_mail(by=look.user, at=look.now)
    messages.success(request, _("All mail is on hold."))
    return HttpResponseRedirect(reverse("mail_release"))
