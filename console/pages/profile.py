"""Everybody's own page: name, phone, deputy, language, theme; the password is changed by allauth's form."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from base.accounts import operations
from base.accounts.access import ANYONE, action
from base.accounts.deputies import FIELDS
from base.accounts.models import User
from base.lib.errors import Refused
from base.ui.forms import refuse
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.views.edit import FORM_STATUS
from console.briefing.operations import choose_mail
from console.forms import BriefingForm, ProfileForm


@action(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What one may say about oneself; what an administrator decides stands beside it."""
    look = Look.of(request)
    user = User.objects.select_related("deputy").get(pk=look.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=User.objects.get(pk=user.pk))
    news = BriefingForm(request.POST if request.method == "POST" else None, user=user, prefix="mail")
    if (
        request.method == "POST"
        and form.is_valid()
        and news.is_valid()
        and _stored(user, form, news, look, whole(request.POST.get("version")))
    ):
        translation.activate(user.language or translation.get_language() or "en")
        messages.success(request, _("Your profile is stored."))
        return HttpResponseRedirect(reverse("profile"))
    context = {
        "form": form,
        "news": news,
        "person": user,
        "look": look,
        "stands_in_for": list(User.objects.filter(deputy=user)),
    }
    return TemplateResponse(request, "console/profile.html", context, status=FORM_STATUS if form.errors else 200)


def _stored(user: User, form: ProfileForm, news: BriefingForm, look: Look, seen: int | None) -> bool:
    """Whether it was; if not, the form says why."""
    values = dict(form.cleaned_data)
    deputy, first, last = (values.pop(name) for name in FIELDS)
    try:
        with transaction.atomic():
            operations.edit_user(user=user, values=values, by=look.user, at=look.now, seen=seen)
            operations.set_deputy(user=user, deputy=deputy, first=first, last=last, by=look.user, at=look.now)
            choose_mail(user=user, choices=news.cleaned_data, by=look.user, at=look.now)
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True
