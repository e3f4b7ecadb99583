"""What a person types about mails."""

from django import forms
from django.utils.translation import gettext_lazy as _

from base.lib.links import masked
from base.mail.models import DeadAddress, OutgoingMail
from base.ui.forms import MoveForm, SheetForm


class MailForm(SheetForm):
    """A waiting mail worded anew. Its links are shown masked, and are put back whole."""

    wording = forms.CharField(
        label=_("text"),
        widget=forms.Textarea(attrs={"class": "mail-wording", "aria-label": _("text")}),
        help_text=_("Leave the link with the “…” as it is: the reader gets it whole."),
    )

    class Meta:
        model = OutgoingMail
        fields = ["subject"]

    def arrange(self) -> None:
        super().arrange()
        self.initial["wording"] = masked(self.instance.text)
        self.fields["wording"].widget.attrs["rows"] = 16


class ResendForm(MoveForm):
    email = forms.EmailField(label=_("to"), help_text=_("The same address, or another one."))


class BounceForm(MoveForm):
    reason = forms.CharField(label=_("what the answer said"), max_length=200, required=False)


class DeadAddressForm(SheetForm):
    class Meta:
        model = DeadAddress
        fields = ["email", "reason"]
