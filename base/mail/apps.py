from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "base.mail"

    def ready(self) -> None:
        from base.chatter import labels
        from base.mail import jobs

        jobs.register()
        labels.say(
            events={
                "queued": _("mail written"),
                "link_copied": _("customer's link copied"),
                "begin": _("mail on its way"),
                "delivered": _("mail sent"),
                "put_back": _("mail to be tried again"),
                "refused": _("mail refused"),
                "lost": _("delivery unknown"),
                "confirm": _("mail found to have arrived"),
                "give_up": _("mail found not to have arrived"),
                "held": _("put on hold"),
                "released": _("released"),
                "edited": _("worded anew"),
                "cancel": _("cancelled"),
                "addressed": _("addressed to whom it concerns now"),
                "kept_for_a_look": _("kept until somebody looks"),
                "looked_at": _("looked at: may leave"),
                "resent": _("sent again"),
                "address_bounced": _("address bounced"),
                "address_works": _("address works again"),
                "mail_held": _("all mail put on hold"),
                "mail_released": _("mail released"),
                "mail_text_reset": _("mail text reset"),
            },
            todos={
                "mail_refused": _("“%(subject)s” was refused for %(to)s: correct the address or call"),
                "mail_uncertain": _("Find out whether “%(subject)s” reached %(to)s, and send it again if not"),
                "mail_to_look_at": _(
                    "A mail worded by hand now goes to %(to)s, or with another paper: look at it, then let it go"
                ),
                "mail_address_dead": _("Nothing can be mailed to “%(to)s”: find another address or call"),
            },
            values={
                "address bounced": _("address bounced"),
                "no mail server": _("no mail server"),
                "nobody to write to": _("nobody can be written to"),
                "no contact any more": _("no contact of the customer any more"),
                "told already": _("told already"),
                "its record is gone": _("its record is gone"),
            },
        )
