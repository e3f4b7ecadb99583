"""What an administrator types about people, the company and its calendar, and everybody about themselves."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.accounts.operations import deputies_for
from base.company.models import CalendarDay, Company
from base.company.operations import Window
from base.ui.forms import MoveForm, PercentField, SheetForm, dress
from base.ui.look import Text
from console.briefing.topics import TOPICS, choices_of
from console.models import When

#: One stretch of working time: 9:00-12:00, 09:00–12:00, 9：00至12：00.
_STRETCH = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:-|–|—|~|至|到)\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[\s,，;；、]*")
#: A notice has some 3,000 characters, a year's CSV fewer.
_NOTICE_MAX = 50_000
_LOGO_MAX = 2 * 1024 * 1024


def _password(**options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(strip=False, max_length=128, widget=widget, **options)


def _blank(field: forms.Field, text: Text) -> None:
    """Say what an empty choice means."""
    assert isinstance(field, forms.ChoiceField)
    choices: Any = field.choices
    field.choices = [("", text), *[each for each in choices if each[0]]]


class UserForm(SheetForm):
    """A person's log-in. The password is asked for once, when it is made, and may be left to a link."""

    password = _password(
        label=_("password"),
        required=False,
        help_text=_("Leave it empty and hand over a link instead, by which the person chooses one."),
    )

    class Meta:
        model = User
        fields = [
            "display_name",
            "email",
            "phone",
            "username",
            "role",
            "deputy",
            "deputy_from",
            "deputy_until",
            "language",
            "theme",
        ]
        labels = {"display_name": _("full name")}

    def arrange(self) -> None:
        super().arrange()
        _blank(self.fields["language"], _("like the browser"))
        if self.instance.pk:
            del self.fields["password"]
        deputy = self.fields["deputy"]
        assert isinstance(deputy, forms.ModelChoiceField)
        deputy.queryset = deputies_for(self.instance) if self.instance.pk else User.objects.filter(is_active=True)
        deputy.help_text = _("Sees and does what this person may while they are away.")


class PasswordForm(MoveForm):
    password = _password(label=_("password"), help_text=_("It is typed once; the person may change it later."))


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What everybody may say about themselves."""

    class Meta:
        model = User
        fields = ["display_name", "phone", "deputy", "deputy_from", "deputy_until", "language", "theme"]
        labels = {"display_name": _("full name")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _blank(self.fields["language"], _("like the browser"))
        deputy = self.fields["deputy"]
        assert isinstance(deputy, forms.ModelChoiceField)
        deputy.queryset = deputies_for(self.instance)
        deputy.empty_label = _("nobody")
        deputy.help_text = _("Sees and does what you may while you are away.")
        dress(self)


class CompanyForm(SheetForm):
    """Who we are, and how we work."""

    logo = forms.FileField(
        label=_("logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, at most 2 MB; it stands on papers and on the customer's pages."),
    )
    remove_logo = forms.BooleanField(label=_("remove the logo"), required=False)
    time_zone = forms.ChoiceField(
        label=_("time zone"),
        choices=lambda: [(name, name) for name in sorted(available_timezones())],
        help_text=_("Decides which day it is. Another zone moves what is planned."),
    )

    class Meta:
        model = Company
        fields = [
            "name",
            "name_en",
            "credit_code",
            "address",
            "phone",
            "hotline",
            "logo",
            "bank_name",
            "bank_account",
            "sender_name",
            "sender_email",
            "time_zone",
            "daily_run_at",
            "review_days",
            "tell_lateness",
            "approval_deviation",
            "access_months",
            "contact_years",
            "caller_years",
            "signer_years",
            "job_file_days",
        ]
        field_classes = {"approval_deviation": PercentField}
        widgets = {"daily_run_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def arrange(self) -> None:
        super().arrange()
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean_logo(self) -> object:
        logo = self.cleaned_data.get("logo")
        if isinstance(logo, UploadedFile) and (logo.size or 0) > _LOGO_MAX:
            raise forms.ValidationError(_("The picture is larger than 2 MB."))
        return logo


class NoticeForm(MoveForm):
    """A year's official days: the notice as it stands on the State Council's page, or a CSV file."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    text = forms.CharField(
        label=_("notice"), required=False, max_length=_NOTICE_MAX, widget=forms.Textarea(attrs={"spellcheck": "false"})
    )
    file = forms.FileField(label=_("or a CSV file"), required=False)

    def arrange(self) -> None:
        super().arrange()
        self.fields["text"].widget.attrs["rows"] = 10

    def clean_file(self) -> str:
        upload = self.cleaned_data.get("file")
        if not upload:
            return ""
        data = upload.read(_NOTICE_MAX * 4 + 1)
        if len(data) > _NOTICE_MAX * 4:
            raise forms.ValidationError(_("The file is too large for the days of a year."))
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return str(data.decode(encoding))
            except UnicodeDecodeError:
                continue
        raise forms.ValidationError(_("The file is no text."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["text"] = data.get("file") or data.get("text", "")
        if not data["text"].strip() and not self.errors:
            self.add_error("text", _("Paste the notice, or choose a file."))
        return data


class DayForm(MoveForm):
    """A day of the company's own."""

    on = forms.DateField(label=_("day"))
    kind = forms.ChoiceField(label=_("kind"), choices=CalendarDay.Kind.choices)
    name = forms.CharField(label=_("name"), max_length=60, required=False)


WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def hours_text(stretches: Iterable[tuple[time, time]]) -> str:
    """Stretches as they are typed: `09:00–12:00, 13:00–18:00`."""
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in stretches)


class HoursForm(MoveForm):
    """The working time of each weekday, as it is written."""

    def arrange(self) -> None:
        super().arrange()
        for number, name in enumerate(WEEKDAYS):
            field = forms.CharField(label=name, required=False, max_length=120)
            field.widget.attrs |= {"class": "form-control", "placeholder": _("not worked")}
            self.fields[f"day{number}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(7):
            stretches, bad = _stretches(data.get(f"day{number}", ""))
            if bad:
                self.add_error(f"day{number}", _("Write it like 09:00–12:00, 13:00–18:00."))
            data[f"day{number}"] = stretches
        return data

    @property
    def windows(self) -> list[Window]:
        return [(number, *stretch) for number in range(7) for stretch in self.cleaned_data[f"day{number}"]]


def _stretches(text: str) -> tuple[list[tuple[time, time]], bool]:
    """The stretches in a line, and whether there is anything else in it."""
    found = []
    for parts in _STRETCH.finditer(text):
        try:
            found.append((time(int(parts[1]), int(parts[2])), time(int(parts[3]), int(parts[4]))))
        except ValueError:
            return [], True
    return found, not _BETWEEN.fullmatch(_STRETCH.sub("", text))


class BriefingForm(forms.Form):
    """When one is told of each kind of news by mail."""

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = choices_of([user])
        for topic in TOPICS:
            self.fields[topic.name] = forms.TypedChoiceField(
                label=topic.label, choices=When.choices, coerce=When, initial=chosen[user.pk, topic.name].value,
                required=False, empty_value=chosen[user.pk, topic.name],
            )  # fmt: skip
        dress(self)
