"""Mail texts: both languages side by side, with what they would look like."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.accounts.access import action
from base.chatter.operations import stale
from base.lib.errors import Refused
from base.mail import texts
from base.mail.models import MailText
from base.mail.texts import MailKind, Wording
from base.ui.forms import dress, refuse
from base.ui.look import Look

LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}


class WordingForm(forms.Form):
    """The subject and the text of one kind of mail in one language."""

    subject = forms.CharField(label=gettext_lazy("subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("text"), widget=forms.Textarea)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)
        self.fields["body"].widget.attrs["rows"] = 18

    def wording(self) -> Wording:
        return Wording(self.cleaned_data["subject"], self.cleaned_data["body"])


def _kind(name: str) -> MailKind:
    try:
        return texts.kind_named(name)
    except KeyError:
        raise Http404(name) from None


def _stored(kind: MailKind) -> dict[str, MailText]:
    return {row.language: row for row in MailText.objects.filter(kind=kind.name)}


@action("mailtexts.edit")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every kind of mail, and which languages are worded anew."""
    edited = set(MailText.objects.values_list("kind", "language"))
    rows = [
        (kind, [(LANGUAGE_NAMES[language], (kind.name, language) in edited) for language in texts.LANGUAGES])
        for kind in texts.kinds()
    ]
    return TemplateResponse(request, "mail_pages/wordings.html", {"rows": rows})


@action("mailtexts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Both languages of one kind; both are stored together or neither is."""
    kind, look = _kind(name), Look.of(request)
    sample = kind.sample(get_language() or "en")
    stored = _stored(kind)
    found = {language: _form(kind, language, stored.get(language), request) for language in texts.LANGUAGES}
    if request.method == "POST" and _keep(kind, found, look):
        messages.success(request, _("The texts are stored. Mails already written stay as they are."))
        return HttpResponseRedirect(reverse("mail_text", args=[kind.name]))
    context = {
        "kind": kind,
        "sides": [
            {"language": language, "name": LANGUAGE_NAMES[language], "form": form, "edited": language in stored}
            for language, form in found.items()
        ],
        "variables": [(f"{{{name}}}", text, sample.get(name, "")) for name, text in kind.variables.items()],
    }
    wrong = any(form.errors for form in found.values())
    return TemplateResponse(request, "mail_pages/wording.html", context, status=422 if wrong else 200)


def _form(kind: MailKind, language: str, row: MailText | None, request: HttpRequest) -> WordingForm:
    subject, body = Wording(row.subject, row.body) if row else kind.shipped(language)
    initial = {"subject": subject, "body": body, "version": row.version if row else None}
    return WordingForm(request.POST if request.method == "POST" else None, prefix=language, initial=initial)


def _keep(kind: MailKind, found: Mapping[str, WordingForm], look: Look) -> bool:
    """Store what was worded anew; whatever is refused is said at its field, and nothing is stored then."""
    with transaction.atomic():
        kept = [_keep_one(kind, language, form, look) for language, form in found.items()]
        if not all(kept):
            transaction.set_rollback(True)
    return all(kept)


def _keep_one(kind: MailKind, language: str, form: WordingForm, look: Look) -> bool:
    if not form.is_valid():
        return False
    wording, seen = form.wording(), form.cleaned_data["version"]
    if wording == Wording(form.initial["subject"], form.initial["body"]):
        return True
    try:
        if seen is None and form.initial["version"] is not None:
            raise stale()
        texts.set_wording(kind=kind, language=language, wording=wording, by=look.user, at=look.now, seen=seen)
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


@action("mailtexts.edit")
@require_POST
def reset(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Back to the text as delivered."""
    kind, look = _kind(name), Look.of(request)
    if language not in texts.LANGUAGES:
        raise Http404(language)
    texts.reset_wording(kind=kind, language=language, by=look.user, at=look.now)
    messages.success(request, _("The text is as delivered."))
    return HttpResponseRedirect(reverse("mail_text", args=[kind.name]))


@action("mailtexts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """The mail with sample values, as it is being typed; what cannot be filled is said instead. Stores nothing."""
    kind = _kind(name)
    if language not in texts.LANGUAGES:
        raise Http404(language)
    wording = None
    if request.method == "POST":
        wording = Wording(request.POST.get(f"{language}-subject", ""), request.POST.get(f"{language}-body", ""))
        try:
            texts.check(kind, wording)
        except Refused as refusal:
            return TemplateResponse(request, "mail_pages/wording_preview.html", {"problem": str(refusal.message)})
    subject, text = texts.preview(kind, language, wording=wording)
    context = {"subject": subject, "text": text, "language": language}
    return TemplateResponse(request, "mail_pages/wording_preview.html", context)
