"""The app menu: (group, icon, [(url name, label, action), …]). A url name may carry a query: `contracts:list?quick=mine`."""

from django.utils.translation import gettext_lazy as _

MENU = [
    (
        _("Contracts"),
        "file-text",
        [
            ("contracts:list", _("Contracts"), "contracts.view"),
            ("contracts:list?quick=not_accepted", _("Not accepted yet"), "contracts.view"),
            ("contracts:list?quick=unassigned", _("Without account manager"), "contracts.hand_over"),
            ("customers:list", _("Customers"), "customers.view"),
        ],
    ),
]
