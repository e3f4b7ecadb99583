"""A form that is sent twice counts once: a double click, the back button, a browser that repeats itself.

Every page is rendered with a CSRF token of its own (Django masks it anew each time), so the same token with the same
content at the same address is the same form. What was refused may be sent again (docs/rules.md 17).
"""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from base.company import clock
from base.ui.models import SentForm

P = ParamSpec("P")
#: So long a second sending waits for what becomes of the first, and after so long the first is taken for lost.
_PATIENCE: Final = 10.0
_LOST: Final = timedelta(minutes=3)
#: A page left open longer is loaded anew.
_KEPT: Final = timedelta(days=2)
_LOOK_AGAIN: Final = 0.2


def once(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose forms make something: what is sent again leads to where the first one led."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = _key(request)
        if not key:
            return view(request, *args, **kwargs)
        at = clock.now()
        SentForm.objects.filter(at__lt=at - _KEPT).delete()
        sent, is_first = SentForm.objects.get_or_create(key=key, defaults={"at": at})
        if not is_first and not _takes_over(sent, at):
            return _again(request, sent)
        try:
            response = view(request, *args, **kwargs)
        except BaseException:
            SentForm.objects.filter(key=key).delete()
            raise
        if _is_done(response):
            SentForm.objects.filter(key=key).update(led_to=_target(response)[:500], done=True)
        else:
            SentForm.objects.filter(key=key).delete()
        return response

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)


def _key(request: HttpRequest) -> str:
    """What makes the form this one; nothing where there is no form of a page of ours."""
    token = request.POST.get("csrfmiddlewaretoken", "") if request.method == "POST" else ""
    if not token or not request.user.is_authenticated:
        return ""
    digest = hashlib.sha256(f"{request.user.pk}\n{request.get_full_path()}".encode())
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        digest.update(repr((name, [(each.name, each.size) for each in files])).encode())
    return digest.hexdigest()


def _takes_over(sent: SentForm, at: datetime) -> bool:
    """Whether the first one was lost on the way, such as with its process; of two that see it, one goes on."""
    if sent.done or sent.at > at - _LOST:
        return False
    return bool(SentForm.objects.filter(key=sent.key, at=sent.at, done=False).update(at=at))


def _is_done(response: HttpResponse) -> bool:
    """Whether the form did what it is for. A page that asks on, or shows what is wrong, is none."""
    if response.status_code == 200:
        return getattr(response, "template_name", "") not in ("ui/move.html", "ui/move.html#dialog")
    return response.status_code < 400


def _target(response: HttpResponse) -> str:
    return str(response.headers.get("Location") or response.headers.get("HX-Redirect") or "")


def _again(request: HttpRequest, sent: SentForm) -> HttpResponse:
    """To where the first one led, as soon as that is known."""
    until = time.monotonic() + _PATIENCE
    while not sent.done and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)
        found = SentForm.objects.filter(key=sent.key).first()
        if found is None:
            break
        sent = found
    messages.info(request, _("This form was sent already. It counts once."))
    target = sent.led_to or _page_of(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _page_of(request: HttpRequest) -> str:
    """The page the form stood on."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if ours else "/"
