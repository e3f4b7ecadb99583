"""The one table of rights: what each role may do. Rows are narrowed further by `visible_to` (docs/rules.md 8)."""

from base.accounts.models import Role

#: The auditor has the first alone: he looks, and changes nothing but his own profile and favourites.
_LOOK = frozenset({"search.use"})
_EVERYONE = _LOOK | {"todos.use", "messages.write"}
_SEE_CONTRACTS = frozenset(
    {"contracts.view", "customers.view", "terms.view", "plan.view", "inspections.view", "checks.view", "files.view"}
)
_RUN_REQUESTS = frozenset(
    {"requests.view", "requests.take", "requests.work", "requests.assign", "requests.close", "requests.price"}
)
_RUN_VISITS = frozenset({"visits.view", "visits.plan", "visits.plan_own", "visits.work"})
_SEE_PROMISES = frozenset({"commitments.view", "deliveries.view", "access.view", "people.view", "surveys.view"})
_RUN_PROMISES = frozenset(
    {"commitments.edit", "deliveries.edit", "consents.ask", "consents.record", "surveys.ask", "surveys.record"}
)
_REPORT_PROMISES = frozenset({"penalties.view", "reports.view"})
_SEE_PRICES = frozenset({"prices.view", "quotes.view", "invoices.view"})
#: Only who sees prices says which files hold some.
_MARK_FILES = frozenset({"files.mark"})

ACTIONS: dict[Role, frozenset[str]] = {
    Role.MANAGER: _EVERYONE
    | _SEE_CONTRACTS
    | _SEE_PRICES
    | _MARK_FILES
    | {
        "contracts.edit",
        "contracts.accept",
        "contracts.amend",
        "contracts.terminate",
        "changes.view",
        "customers.edit",
        "terms.edit",
        "plan.hold",
        "inspections.plan",
        "quotes.edit",
        "quotes.send",
        "quotes.decide",
        "invoices.draft",
        "invoices.request",
        "invoices.edit",
        "mails.view",
        "mails.read",
        "mails.edit",
        "mails.send",
        "ledger.import",
        "imports.view",
        "contracts.export",
        "files.add",
        "forecast.view",
        "requests.view",
        "requests.take",
        "requests.price",
        "sla.view",
        "visits.view",
        "people.ask",
        "penalties.decide",
        "reports.make",
    }
    | _SEE_PROMISES
    | _RUN_PROMISES
    | _REPORT_PROMISES,
    Role.FINANCE: _EVERYONE
    | _SEE_CONTRACTS
    | _SEE_PRICES
    | {
        "changes.view",
        "invoices.draft",
        "invoices.edit",
        "invoices.issue",
        "invoices.export",
        "exports.view",
        "payments.record",
        "charges.waive",
        "credits.waive",
        "taxrates.view",
        "contracts.export",
        "files.add",
        "mails.view",
        "mails.read",
        "forecast.view",
        "penalties.view",
    },
    Role.SERVICE_MANAGER: _EVERYONE
    | _SEE_CONTRACTS
    | {
        "inspections.plan",
        "inspections.report",
        "checks.edit",
        "plan.hold",
        "files.add",
        "forecast.view",
        "sla.view",
        "sla.edit",
        "access.ask",
        "access.use",
        "templates.edit",
        "reports.make",
        "mails.view",
        "mails.read",
        "mails.edit",
    }
    | _SEE_PROMISES
    | _RUN_PROMISES
    | _REPORT_PROMISES
    | _RUN_REQUESTS
    | _RUN_VISITS,
    Role.ENGINEER: _EVERYONE
    | {
        "contracts.view",
        "customers.view",
        "inspections.view",
        "inspections.report",
        "checks.view",
        "files.view",
        "files.add",
        "requests.view",
        "requests.take",
        "requests.work",
        "visits.view",
        "visits.plan_own",
        "visits.work",
        "access.view",
        "access.ask",
        "access.use",
        "consents.ask",
        "consents.record",
        "commitments.view",
        "deliveries.view",
        "deliveries.edit",
    },
    Role.DIRECTOR: _EVERYONE
    | _SEE_CONTRACTS
    | _SEE_PRICES
    | _MARK_FILES
    | {
        "contracts.edit",
        "contracts.accept",
        "contracts.amend",
        "contracts.terminate",
        "contracts.reactivate",
        "contracts.hand_over",
        "changes.view",
        "changes.approve",
        "changes.confirm",
        "customers.edit",
        "terms.edit",
        "plan.hold",
        "inspections.plan",
        "inspections.report",
        "checks.edit",
        "quotes.edit",
        "quotes.send",
        "quotes.decide",
        "quotes.approve",
        "invoices.draft",
        "invoices.request",
        "invoices.edit",
        "mails.view",
        "mails.read",
        "mails.edit",
        "mails.send",
        "ledger.import",
        "imports.view",
        "contracts.export",
        "invoices.export",
        "exports.view",
        "charges.waive",
        "credits.waive",
        "files.add",
        "runs.view",
        "runs.start",
        "forecast.view",
        "events.view",
        "personal.erase",
        "accesses.view",
        "users.view",
        "company.view",
        "taxrates.view",
        "filters.share",
        "sla.view",
        "access.ask",
        "access.use",
        "people.ask",
        "penalties.decide",
        "reports.make",
        "templates.edit",
    }
    | _SEE_PROMISES
    | _RUN_PROMISES
    | _REPORT_PROMISES
    | _RUN_REQUESTS
    | _RUN_VISITS,
    Role.ADMINISTRATOR: _EVERYONE
    | _SEE_CONTRACTS
    | {
        "users.view",
        "users.edit",
        "changes.view",
        "changes.confirm",
        "company.view",
        "company.edit",
        "calendar.edit",
        "mails.view",
        "mails.edit",
        "mails.release",
        "mailtexts.edit",
        "ledger.import",
        "imports.view",
        "runs.view",
        "runs.start",
        "health.view",
        "personal.erase",
        "accesses.view",
        "sla.view",
        "sla.edit",
        "checks.edit",
        "taxrates.view",
        "taxrates.edit",
        "contracts.hand_over",
        "filters.share",
    },
    Role.AUDITOR: _LOOK
    | _SEE_CONTRACTS
    | _SEE_PRICES
    | {
        "changes.view",
        "mails.view",
        "mails.read",
        "runs.view",
        "events.view",
        "accesses.view",
        "forecast.view",
        "health.view",
        "users.view",
        "company.view",
        "taxrates.view",
        "imports.view",
        "exports.view",
        "requests.view",
        "sla.view",
        "visits.view",
    }
    | _SEE_PROMISES
    | _REPORT_PROMISES,
}
