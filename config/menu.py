"""The app menu: (group, icon, [(url name, label, action), …]). A url name may carry a query: `contracts:list?quick=mine`."""

from django.utils.translation import gettext_lazy as _

from base.accounts.access import ANYONE

MENU = [
    (
        _("Contracts"),
        "file-text",
        [
            ("contracts:list", _("Contracts"), "contracts.view"),
            ("contracts:list?quick=to_renew", _("To renew"), "terms.view"),
            ("contracts:list?quick=lapsed", _("Lapsed"), "terms.view"),
            ("contracts:list?quick=delivered", _("Delivered, not accepted"), "terms.view"),
            ("contracts:list?quick=unassigned", _("Without account manager"), "contracts.hand_over"),
            ("customers:list", _("Customers"), "customers.view"),
            ("imports:list", _("Ledger imports"), "imports.view"),
        ],
    ),
    (
        _("Maintenance"),
        "shield-check",
        [
            ("plan:list?quick=open", _("What will happen"), "plan.view"),
            ("forecast", _("Forecast"), "forecast.view"),
            ("inspections:list?quick=open", _("Inspections"), "inspections.view"),
            ("findings:list?quick=open", _("Findings"), "inspections.view"),
            ("inspection_completion", _("Completion of inspections"), "inspections.view"),
            ("check-lists:list", _("Check lists"), "checks.view"),
            ("terms:list", _("Maintenance terms"), "terms.view"),
            ("runs:list", _("Daily runs"), "runs.view"),
        ],
    ),
    (
        _("Service desk"),
        "headset",
        [
            ("requests:list?quick=open", _("Requests"), "requests.view"),
            ("requests:list?quick=mine", _("Assigned to me"), "requests.work"),
            ("requests:list?quick=overdue", _("Over time"), "requests.view"),
            ("requests:list?quick=unassigned", _("Assigned to nobody"), "requests.assign"),
            ("service_day", _("My day"), "visits.work"),
            ("visits:list?quick=open", _("Visits"), "visits.view"),
            ("service_month", _("Visits and inspections"), "visits.view"),
            ("access:list", _("Remote access"), "access.view"),
            ("surveys:list", _("Surveys"), "surveys.view"),
            ("satisfaction", _("Satisfaction"), "surveys.view"),
            ("sla:list", _("SLA policies"), "sla.view"),
        ],
    ),
    (
        _("Promises"),
        "heart-handshake",
        [
            ("commitments:list", _("Commitments"), "commitments.view"),
            ("deliveries:list", _("Deliveries"), "deliveries.view"),
            ("manager-changes:list", _("Changes of project manager"), "people.view"),
            ("penalties:list", _("Damages"), "penalties.view"),
            ("reports:list", _("Fulfilment reports"), "reports.view"),
            ("commitment-templates:list", _("Templates of commitments"), "commitments.view"),
            ("penalty-rules:list", _("Rules for late service"), "penalties.view"),
        ],
    ),
    (
        _("Renewal"),
        "file-invoice",
        [
            ("quotes:list", _("Quotes"), "quotes.view"),
            ("quotes:list?quick=to_review", _("To review"), "quotes.edit"),
            ("quotes:list?quick=to_approve", _("Waits for approval"), "quotes.approve"),
            ("quotes:list?quick=open", _("Sent and open"), "quotes.view"),
        ],
    ),
    (
        _("Invoices"),
        "receipt",
        [
            ("invoices:list", _("Invoices"), "invoices.view"),
            ("charges:list?quick=waits", _("To invoice"), "invoices.view"),
            ("invoices:list?quick=to_request", _("To request"), "invoices.request"),
            ("invoices:list?quick=to_issue", _("To issue"), "invoices.issue"),
            ("invoices:list?quick=overdue", _("Overdue"), "invoices.view"),
            ("invoices:list?quick=not_exported", _("Not yet exported"), "invoices.export"),
            ("credits:list?quick=to_decide", _("Proposed credits"), "invoices.view"),
            ("exports:list", _("Exports"), "exports.view"),
        ],
    ),
    (
        _("Mail"),
        "mail",
        [
            ("leaving", _("Outbox preview"), "mails.view"),
            ("mails:list", _("Mails"), "mails.view"),
            ("mails:list?quick=uncertain", _("Uncertain"), "mails.edit"),
            ("bounced:list", _("Bounced addresses"), "mails.view"),
            ("mail_texts", _("Mail texts"), "mailtexts.edit"),
            ("mail_release", _("Hold and release"), "mails.release"),
        ],
    ),
    (
        _("Settings"),
        "settings",
        [
            ("users:list?quick=open", _("Users"), "users.view"),
            ("changes:list?quick=open", _("Second person"), "changes.view"),
            ("company", _("Company"), "company.view"),
            ("calendar", _("Working calendar"), ANYONE),
            ("tax-rates:list", _("Tax rates"), "taxrates.view"),
            ("events:list", _("Events"), "events.view"),
            ("accesses:list", _("Accesses"), "accesses.view"),
            ("personal_data", _("Personal data"), "personal.erase"),
            ("health_page", _("Health"), "health.view"),
        ],
    ),
]
