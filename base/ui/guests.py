"""What somebody sees who does not log in but holds a link from a mail (docs/rules.md 7.5).

Looking changes nothing, however often a mail scanner does it; nothing is kept, indexed or told to other sites; guessing
is slowed down, but a right link always works; a form is taken only from a page of ours.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeAlias, TypeVar

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from base.accounts.access import PUBLIC, action
from base.company.queries import company
from base.mail.texts import LANGUAGES

#: So many wrong links from one address within so many seconds, then further wrong ones are asked to wait.
MAX_MISSES, FORGOTTEN_AFTER = 20, 600
T = TypeVar("T")
#: A view as Django calls it, and one that is also given what its link leads to.
View: TypeAlias = Callable[[HttpRequest, str], HttpResponseBase]
Guarded: TypeAlias = Callable[[HttpRequest, str, T | None], HttpResponseBase]


class _OwnForms(CsrfViewMiddleware):
    """Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with a form, also to where it came from.

    Then the secret in the form must match the one in the cookie, as everywhere; a foreign origin is still refused.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        return bool(request.META["HTTP_ORIGIN"] == "null" or super()._origin_verified(request))  # type: ignore[misc]


_protected = decorator_from_middleware(_OwnForms)


def behind_link(find: Callable[[str], T | None], language: Callable[[T], str]) -> Callable[[Guarded[T]], View]:
    """For `view(request, token, found)`: `find(token)` gives what the link leads to, None for a link of nobody's.

    The view speaks what was clicked, else `language(found)`, else what the browser asks for.
    """

    def decorate(view: Guarded[T]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
            found = find(token)
            if found is None and _too_many_wrong(request):
                response: HttpResponseBase = render(request, "customer/wait.html", {"company": company()}, status=429)
                response["Retry-After"] = str(FORGOTTEN_AFTER)
            else:
                with translation.override(_chosen(request) or _known(request, found, language)):
                    response = view(request, token, found)
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return action(PUBLIC)(csrf_exempt(_protected(guarded)))

    return decorate


def _too_many_wrong(request: HttpRequest) -> bool:
    """Count a wrong link; a right one works whatever others behind the same address have typed."""
    key = f"wrong-links:{get_adapter().get_client_ip(request)}"
    if cache.get(key, 0) >= MAX_MISSES:
        return True
    cache.add(key, 0, FORGOTTEN_AFTER)
    cache.incr(key)
    return False


def _chosen(request: HttpRequest) -> str:
    wanted = request.POST.get("lang") or request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else ""


def _known(request: HttpRequest, found: T | None, language: Callable[[T], str]) -> str:
    return translation.get_language_from_request(request) if found is None else language(found)


def back_to(address: str) -> HttpResponseRedirect:
    """To the page that says what was decided, in the language it was decided in; reloading decides nothing again."""
    return HttpResponseRedirect(f"{address}?lang={translation.get_language()}")
