"""What a person types about mails."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.mail.models import DeadAddress, OutgoingMail
from base.ui.forms import MoveForm, SheetForm


class MailForm(SheetForm):
    """A waiting mail worded anew. Whom it greets and its link stay placeholders: they are put in when it leaves."""

    wording = forms.CharField(
        label=_("text"),
        widget=forms.Textarea(attrs={"class": "mail-wording", "aria-label": _("text")}),
        help_text=_(
            "Leave {reader} and {link} as they are: the reader's name and link are put in when the mail leaves."
        ),
    )

    class Meta:
        model = OutgoingMail
        fields = ["subject"]

    def arrange(self) -> None:
        super().arrange()
        self.initial["wording"] = self.instance.text
        self.fields["wording"].widget.attrs["rows"] = 16


class ResendForm(MoveForm):
    email = forms.EmailField(label=pgettext_lazy("mail", "to"), help_text=_("The same address, or another one."))


class BounceForm(MoveForm):
    reason = forms.CharField(label=_("what the answer said"), max_length=200, required=False)


class DeadAddressForm(SheetForm):
    class Meta:
        model = DeadAddress
        fields = ["email", "reason"]
