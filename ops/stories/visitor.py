"""A person at the addresses of the product: asks for a page, fills in its form, sends it, and reads what comes back.

The views are the ones a browser reaches, behind the same table of rights; only what a browser adds (session, cookies,
drawing the page) is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import ERROR
from django.contrib.messages.storage.base import BaseStorage, Message
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.urls import ResolverMatch, resolve
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from base.accounts.middleware import AccessMiddleware
from base.accounts.models import User
from base.company.queries import zone
from base.lib.errors import Refused

#: Under which name a refusal stands that is about no single field.
WHOLE = "form"
NO_LONGER = "This can no longer be done: the page leads on to another."


class Told(BaseStorage):
    """The messages of one request, read by the story instead of the next page."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.all: list[Message] = []

    def _get(self, *args: object, **kwargs: object) -> tuple[list[Message], bool]:
        return [], True

    def _store(
        self, messages: list[Message], response: HttpResponseBase, *args: object, **kwargs: object
    ) -> list[Message]:
        return []

    def add(self, level: int, message: object, extra_tags: str | None = "") -> None:
        self.all.append(Message(level, str(message), extra_tags=extra_tags))


@dataclass(frozen=True)
class Answer:
    """What came back: where it leads to, or what the page was drawn from, or why not."""

    #: Where a successful act leads to; None for a page.
    target: ResolverMatch | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @property
    def form(self) -> forms.BaseForm | None:
        return self.context.get("form")


@dataclass(frozen=True)
class Data:
    """What is sent: the inputs by name, and the files."""

    inputs: Mapping[str, list[str]]
    files: Mapping[str, list["UploadedFile[bytes]"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Visitor:
    """A person who is logged in, or a guest."""

    user: User | AnonymousUser
    language: str

    def ask(self, address: str) -> Answer:
        """Open a page. One that leads on to another asks for nothing any more."""
        answer = self._answer(self._request(address, None))
        return Answer(refused={WHOLE: NO_LONGER}) if answer.target else answer

    def send(self, address: str, data: Data, *, inside: bool = False) -> Answer:
        """Send a form; `inside` as the scripts of a page do, which are answered with a piece of it."""
        return self._answer(self._request(address, data, inside=inside))

    def _request(self, address: str, data: Data | None, *, inside: bool = False) -> "Request":
        return Request(self, address, data, is_inside=inside)

    def _answer(self, request: "Request") -> Answer:
        with translation.override(self.language), timezone.override(zone()):
            try:
                response = _view(request)
            except Refused as refusal:
                return Answer(refused={refusal.field or WHOLE: str(refusal.message)})
            except PermissionDenied as refusal:
                return Answer(refused={WHOLE: str(refusal) or _("You may not do this.")})
            except Http404:
                return Answer(refused={"record": "There is no such page, or this person may not see it."})
            return _read(response, request.told)


class Request(HttpRequest):
    """What a view is given, as the middleware would have prepared it."""

    def __init__(self, visitor: Visitor, address: str, data: Data | None, *, is_inside: bool) -> None:
        super().__init__()
        path, _sep, query = address.partition("?")
        self.method = "GET" if data is None else "POST"
        self.path = self.path_info = path
        self.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1"}
        self.GET = QueryDict(query)
        self.user = visitor.user
        self.htmx = is_inside
        self.LANGUAGE_CODE = visitor.language
        self.told = self._messages = Told(self)
        # There is no other site in a story that could have sent the form.
        self._dont_enforce_csrf_checks = True
        if data is not None:
            sent = QueryDict(mutable=True)
            for name, values in data.inputs.items():
                sent.setlist(name, list(values))
            self.POST = sent  # type: ignore[assignment]
            self.FILES = MultiValueDict({name: list(files) for name, files in data.files.items()})


def _view(request: HttpRequest) -> HttpResponseBase:
    """The answer of the view behind an address, if its action is this person's."""
    match = resolve(request.path)
    request.resolver_match = match
    stopped = AccessMiddleware(_nothing).process_view(request, match.func, match.args, match.kwargs)
    if stopped is not None:
        raise PermissionDenied
    found: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return found


def _nothing(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def _read(response: HttpResponseBase, told: Told) -> Answer:
    said = tuple(str(each.message) for each in told.all)
    failed = [str(each.message) for each in told.all if each.level >= ERROR]
    if failed and len(failed) == len(said):
        return Answer(refused={WHOLE: " ".join(failed)})
    context: Mapping[str, Any] = (response.context_data or {}) if isinstance(response, TemplateResponse) else {}
    refused = dict(_refusals(context))
    if not refused and response.status_code >= 400:
        refused = {WHOLE: f"The page refuses this ({response.status_code})."}
    return Answer(_target(response), context, refused, said)


def _target(response: HttpResponseBase) -> ResolverMatch | None:
    address = response.get("Location") or response.get("HX-Redirect") or ""
    return resolve(address.partition("?")[0].partition("#")[0]) if address else None


def _refusals(context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands at the fields of the forms of a page, and what the page says by itself."""
    for form in context.values():
        if isinstance(form, forms.BaseForm) and form.is_bound:
            for name, errors in form.errors.items():
                yield name if name in form.fields else WHOLE, " ".join(str(each) for each in errors)
    if context.get("refusal"):
        yield WHOLE, str(context["refusal"])
