"""What a person types about check lists, findings, and the signing of a report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files import File
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.chatter.models import Attachment
from base.ui.forms import MoveForm, SheetForm
from base.ui.signature import SignatureField
from service.models import CheckList, Finding
from service.models.checks import LENGTHS, WORDS
from warranty.forms import engineers

#: So many empty lines wait below the items; whoever needs more saves and goes on.
_MORE = 3
_PATIENCE = timedelta(days=14)


class ItemsInput(forms.Textarea):
    """The items of a list, line by line: in the order they stand, those without any words left out; as wide as a text."""

    def render(
        self,
        name: str,
        value: Iterable[Mapping[str, str]] | None,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        lines = [dict.fromkeys(WORDS, "") | dict(each) for each in value or ()]
        empty = [dict.fromkeys(WORDS, "") for _n in range(_MORE if lines else 6)]
        return render_to_string(
            "service/checks/items_input.html",
            {"name": name, "lines": lines + empty, "model": CheckList, "id": f"id_{name}"},
        )

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> list[dict[str, str]]:
        columns = [data.getlist(f"{name}-{word}") if hasattr(data, "getlist") else [] for word in WORDS]
        lines = [dict(zip(WORDS, map(str.strip, each), strict=True)) for each in zip(*columns, strict=False)]
        return [line for line in lines if any(line.values())]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return f"{name}-text" not in data


class ItemsField(forms.Field):
    widget = ItemsInput

    def clean(self, value: Sequence[Mapping[str, str]] | None) -> list[Mapping[str, str]]:
        for number, line in enumerate(value or [], 1):
            for word, limit in LENGTHS.items():
                if len(line[word]) > limit:
                    text = _("Line %(line)s: “%(text)s…” is longer than %(limit)s characters.")
                    values = {"line": number, "text": line[word][:12], "limit": limit}
                    raise forms.ValidationError(text, params=values)
        return list(super().clean(value))


class CheckListForm(SheetForm):
    items = ItemsField(label=_("check items"))

    class Meta:
        model = CheckList
        fields = ["name", "name_en", "area", "is_default", "place", "note", "items"]

    def arrange(self) -> None:
        super().arrange()
        if self.instance.pk:
            self.initial["items"] = list(self.instance.items.values(*WORDS))


class ListsForm(MoveForm):
    lists = forms.ModelMultipleChoiceField(
        CheckList.objects.all(),
        label=_("check lists"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the default ones."),
    )


class PhotosInput(forms.FileInput):
    """One or several, from the phone's camera or its album; without HEIC in the list an iPhone hands out JPEG."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> "list[File[bytes]]":
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """What was chosen, as a list."""

    widget = PhotosInput

    def clean(self, data: "Sequence[File[bytes]] | None", initial: object = None) -> "list[File[bytes]]":
        return [super(PhotosField, self).clean(each, initial) for each in data or []]


class FindingForm(MoveForm):
    """A finding as it is written down in the machine room, in the fewest taps that say all."""

    grade = forms.ChoiceField(label=_("grade"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("what was found"), max_length=500, widget=forms.Textarea)
    advice = forms.CharField(label=_("advice"), max_length=500, required=False, widget=forms.Textarea)
    responsible = forms.ModelChoiceField(
        User.objects.none(), label=_("responsible (ours)"), required=False, empty_label=_("nobody of ours")
    )
    responsible_name = forms.CharField(label=_("responsible (customer's)"), max_length=60, required=False)
    due_on = forms.DateField(label=_("deadline"), required=False)
    photos = PhotosField(label=_("photos"), required=False, help_text=_("Printed in the report; six at most."))
    gone = forms.ModelMultipleChoiceField(
        Attachment.objects.none(), label=_("remove photos"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, photos: Sequence[Attachment] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        if photos:
            fields["gone"].queryset = Attachment.objects.filter(pk__in=[each.pk for each in photos])
        else:
            del fields["gone"]
        fields["grade"].choices = Finding._meta.get_field("grade").choices
        contract = self.record.action.contract
        ours = [each for each in (contract.manager_id, contract.engineer_id) if each]
        fields["responsible"].queryset = (engineers() | User.objects.filter(pk__in=ours, is_active=True)).distinct()
        if self.look and "due_on" not in self.initial:
            self.initial["due_on"] = self.look.today + _PATIENCE


class HowForm(MoveForm):
    how = forms.CharField(label=_("how it was put right"), widget=forms.Textarea)


class AgainForm(MoveForm):
    reason = forms.CharField(label=_("because"), widget=forms.Textarea)


class SignForm(MoveForm):
    """Signed here by the customer, or on paper of which a scan is attached."""

    signer = forms.CharField(label=_("signed by (customer)"), max_length=60)
    customer = SignatureField(label=_("customer's signature"), required=False)
    engineer = SignatureField(label=_("engineer's signature"), required=False)
    paper = forms.FileField(
        label=_("or the signed paper"), required=False, help_text=_("PDF or picture, where it was signed on paper.")
    )
