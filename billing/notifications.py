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
            "charge_invoiced": _("put on an invoice"),
            "charge_released": _("waits to be invoiced again"),
            "charge_dropped": _("owed no more"),
            "charge_waived": _("not invoiced"),
            "charge_claimed": _("owed after all"),
            "charge_ended": _("what was not served is not owed: the contract ended"),
            "charge_resumed": _("owed again: the contract goes on"),
            "exported": _("exported"),
            "credit_proposed": _("credit proposed"),
            "credit_granted": _("credit granted"),
            "credit_waived": _("credit waived"),
            "credit_dropped": _("credit dropped: the contract goes on"),
        },
        todos={
            "invoice_to_request": _("Request the tax invoice %(invoice)s for %(contract)s"),
            "invoice_to_issue": _("Issue the tax invoice %(invoice)s for %(contract)s"),
            "credit_to_decide": _(
                "%(contract)s ended before all that %(invoice)s bills was served: grant the credit, or waive it"
            ),
        },
    )
