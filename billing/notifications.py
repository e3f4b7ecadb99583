"""The events and to-dos of invoices, as they are worded."""

from django.utils.translation import gettext_lazy as _

from base.chatter import labels


def register() -> None:
    """Called once by `AppConfig.ready`."""
    labels.say(
        events={
            "requested": _("invoice requested"),
            "issued": _("tax invoice issued"),
            "void": _("void"),
            "replaced": _("replaced by a new invoice"),
            "paid": _("payment recorded"),
            "credited": _("credited"),
            "exported": _("exported"),
        },
        todos={
            "invoice_to_request": _("Request the tax invoice %(invoice)s for %(contract)s"),
            "invoice_to_issue": _("Issue the tax invoice %(invoice)s for %(contract)s"),
        },
    )
