from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"

    def ready(self) -> None:
        from base.chatter import labels
        from base.chatter.files import hold_prices
        from contracts import yardstick
        from contracts.enums import Milestone
        from contracts.models import Contract
        from contracts.personal import register_places

        hold_prices(Contract)

        yardstick.register()
        register_places()
        labels.say(
            events={
                "created": _("created"),
                "changed": _("changed"),
                "file_added": _("file added"),
                "file_removed": _("file removed"),
                "file_closed": _("file said to hold prices"),
                "file_opened": _("file said to hold no prices"),
                "merged": _("merged with another customer"),
                "merged_with": _("merged with its twin"),
                "merged_away": _("merged into its twin"),
                "moved_to_twin": _("moved to the contract that stays"),
                "customer_changed": _("moved to another customer"),
                "milestone": _("milestone recorded"),
                "activated": _("put in force"),
                "amended": _("amended"),
                "terminated": _("terminated"),
                "termination_planned": _("terminated as of a coming day"),
                "termination_called_off": _("termination called off"),
                "reactivated": _("termination taken back"),
                "renewal_wish": _("renewal wish changed"),
                "handed_over": _("handed over"),
            },
            # What a certificate is filed as.
            values={each.value: each.label for each in Milestone},
        )
