"""A life lived by the operations breaks no rule; whatever writes past them is found."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from base.audit import guards
from base.documents.models import Document
from ops.integrity import CHECKS, findings
from tests.ops.integrity.days import ON
from warranty.guards import install

TERM = (
    "UPDATE warranty_maintenanceterm SET {} WHERE contract_id = (SELECT id FROM contracts_contract WHERE number = '{}')"
)
QUOTE = "UPDATE renewals_renewalquote SET {} WHERE status = '{}'"
INVOICE = "UPDATE billing_invoice SET {}"
PLAN = "UPDATE warranty_plannedaction SET {} WHERE kind = '{}' AND state = 'planned'"
ROWS = "UPDATE warranty_plannedaction SET {} WHERE kind = '{}'"
OF = "(SELECT id FROM contracts_contract WHERE number = '{}')"


def unguarded(sql: str) -> None:
    """Run a statement as if no constraint were there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            for name in ("term_no_overlap_INSERT", "term_no_overlap_UPDATE"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for _table, name in guards.trigger_names(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for table, name in guards.trigger_names(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid <> 0"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')
        try:
            cursor.execute(sql)
            assert cursor.rowcount, sql
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def found(check: str) -> list[str]:
    return [finding.problem for finding in findings(on=ON, only=[check])]


def test_a_life_by_the_operations_breaks_no_rule(story):
    assert list(findings(on=ON)) == []


HOSTILE = [
    ("commitments", "UPDATE service_commitment SET due_on = '2030-01-01'", "its contract's station makes it"),
    ("damages", "UPDATE service_penalty SET amount = 1", "its clause makes it"),
    ("damages", "UPDATE service_penalty SET credited_by = 'HC-1' WHERE status = 'credited'", "no credit note"),
    ("damages", "UPDATE service_penalty SET credited_by = 'HC-1' WHERE status = 'proposed'", "but names a credit note"),
    ("answers", "UPDATE service_remotesession SET started_at = '2020-01-01 00:00:00+00'", "outside of the time agreed"),
    ("answers", "UPDATE service_remoteaccess SET answered_at = NULL", "before the customer agreed"),
    ("answers", "UPDATE service_managerchange SET status = 'refused'", "the customer did not agree"),
    ("answers", "UPDATE service_survey SET complaint_id = NULL", "no complaint was opened"),
    ("answers", "UPDATE service_survey SET taken_by_id = about_id WHERE about_id IS NOT NULL", "took the answer down"),
    ("states and events", "UPDATE service_survey SET status = 'withdrawn', score = NULL", "its last event left it"),
    (
        "service requests",
        "UPDATE service_servicerequest SET resolve_by = '2030-01-01 00:00:00+00'",
        "its history tells",
    ),
    ("service requests", "UPDATE service_servicerequest SET response = 'breached'", "its history tells met"),
    ("service requests", "UPDATE service_servicerequest SET request_class = 'serious'", "its report or its class"),
    ("service requests", "DELETE FROM service_requestevent WHERE kind = 'reported'", "no report stands"),
    ("findings", "UPDATE service_servicerequest SET status = 'working'", "but its service request is open"),
    ("findings", "UPDATE service_finding SET status = 'open', closed_at = NULL", "but its service request is solved"),
    ("findings", "UPDATE service_finding SET closed_how = ''", "does not say how"),
    (
        "findings",
        "UPDATE service_finding SET request_id = (SELECT max(id) FROM service_servicerequest)",
        "another contract",
    ),
    ("findings", "UPDATE service_finding SET inspection_id = (SELECT min(id) FROM warranty_inspection)", "check item"),
    (
        "findings",
        "UPDATE service_findingreview SET inspection_id = (SELECT min(id) FROM warranty_inspection)",
        "a finding of another contract",
    ),
    (
        "inspection reports",
        "UPDATE warranty_inspection SET reported_at = NULL",
        "its inspection is not reported",
    ),
    ("inspection reports", "UPDATE documents_document SET key = 'x' WHERE key LIKE 'inspection_%'", "but not stored"),
    ("inspection reports", "UPDATE service_inspectionreport SET signed_at = NULL, signer = ''", "nobody signed it"),
    ("inspection reports", "UPDATE service_checkresult SET at = '2030-01-01 00:00:00+00'", "after its inspection"),
    ("numbers", "UPDATE documents_numberseries SET last = 40 WHERE prefix = 'XJ'", "remembers 40 as its last number"),
    ("company", "DELETE FROM company_workwindow", "no working time is left"),
    ("terms", TERM.format("last_day = '2026-12-11'", "BILLED") + " AND kind = 'free'", "it must end on 2026-12-10"),
    ("terms", TERM.format("last_day = '2026-12-20'", "BILLED") + " AND kind = 'free'", "it overlaps the term"),
    (
        "terms",
        TERM.format("anchor = '2025-12-11', last_day = '2027-12-11'", "BILLED") + " AND kind = 'paid'",
        "its anchor must be 2025-12-10",
    ),
    ("terms", TERM.format("start_months = 0", "BILLED") + " AND kind = 'paid'", "its start_months must be 12"),
    ("terms", TERM.format("first_day = '2025-12-01'", "DUE"), "it must be counted from 2025-12-01"),
    (
        "terms",
        TERM.format("first_day = '2025-12-01', anchor = '2025-12-01', last_day = '2026-12-01'", "DUE"),
        "it starts before final acceptance",
    ),
    ("terms", TERM.format("last_day = '2025-01-01'", "DUE"), "it ends before it starts"),
    ("terms", "UPDATE contracts_contract SET final_acceptance_on = NULL WHERE number = 'DUE'", "no final acceptance"),
    ("term prices", TERM.format("price = 100000.01", "BILLED") + " AND kind = 'paid'", "is above its cap"),
    ("term prices", TERM.format("cap_rate = 0.3", "BILLED") + " AND kind = 'paid'", "the recorded cap rate"),
    ("term prices", TERM.format("cap_base = 900000", "BILLED") + " AND kind = 'paid'", "is in force on"),
    (
        "term prices",
        TERM.format("cap_base_currency = 'USD'", "BILLED") + " AND kind = 'paid'",
        "is judged by a base in USD",
    ),
    ("term prices", TERM.format("price = 1", "DUE"), "only paid maintenance has a price"),
    (
        "inspections",
        "UPDATE warranty_inspection SET reported_at = NULL WHERE reported_at IS NOT NULL",
        "report is not complete",
    ),
    (
        "inspections",
        "UPDATE warranty_inspection SET visited_on = '2020-01-01' WHERE visited_on IS NOT NULL",
        "before its window",
    ),
    ("inspections", "UPDATE warranty_inspection SET result = 'normal' WHERE reported_at IS NULL", "has a report, but"),
    ("inspections", "DELETE FROM warranty_inspection WHERE reported_at IS NULL", "has no inspection"),
    ("plan", PLAN.format("computed_on = '2026-12-01'", "coverage_end"), "the rules compute"),
    (
        "plan",
        "DELETE FROM warranty_plannedaction WHERE kind = 'coverage_end' AND state = 'planned'",
        "its plan has no coverage_end",
    ),
    ("plan", PLAN.format("step = '45'", "renewal_reminder") + " AND step = '60'", "the rules have no such row"),
    (
        "plan",
        "UPDATE warranty_inspection SET window_last = '2027-03-03' WHERE reported_at IS NULL",
        "its window must be",
    ),
    ("renewals", ROWS.format("state = 'done'", "renewal_quote") + " AND on_hold", "neither coming, nor open"),
    (
        "renewals",
        ROWS.format("state = 'failed', attempts = 5", "renewal_quote") + " AND on_hold",
        "its renewal failed 5 times",
    ),
    (
        "renewals",
        ROWS.format("state = 'failed', attempts = 5", "renewal_send"),
        "its quote failed to leave 5 times",
    ),
    (
        "skipped rows",
        "UPDATE warranty_plannedaction SET problem = '' WHERE state = 'skipped'",
        "it is skipped without a reason",
    ),
    ("credits", "UPDATE billing_creditproposal SET days_left = days_left + 1", "its invoice bills other days"),
    ("credits", "UPDATE billing_creditproposal SET amount = price", "what was not served"),
    ("credits", f"UPDATE billing_creditproposal SET contract_id = {OF.format('NEW')}", "is of another contract"),
    ("credits", "UPDATE billing_creditproposal SET amount = amount - 1", "a credit note of another invoice"),
    (
        "credits",
        "UPDATE contracts_contract SET terminated_on = '2026-11-01' WHERE number = 'OVER'",
        "did not end on that day",
    ),
    ("quotes", QUOTE.format("price = price - 1", "draft"), "its lines sum to"),
    ("quotes", QUOTE.format("cap_base = cap_base / 2", "sent"), "is above its cap"),
    ("quotes", QUOTE.format("cap_base = 500000", "draft"), "CNY 600,000.00 is in force"),
    (
        "quotes",
        "UPDATE contracts_contract SET cap_rate = 0.05, renewal_rate = NULL",
        "the cap of the contract as it is now",
    ),
    ("quotes", "UPDATE renewals_quoteline SET gross_currency = 'USD'", "a line is not in CNY"),
    ("quote states", QUOTE.format("sent_at = NULL", "accepted"), "it left, but does not say when"),
    ("quote states", QUOTE.format("term_id = NULL", "accepted"), "it is accepted, but covers nothing"),
    ("quote states", QUOTE.format("price = price - 1", "accepted"), "its term has another price"),
    ("quote states", QUOTE.format("last_day = '2028-01-01'", "accepted"), "its term covers other days"),
    ("quote states", QUOTE.format(f"contract_id = {OF.format('NEW')}", "accepted"), "belongs to another contract"),
    ("quote states", QUOTE.format("reason = ''", "declined"), "declined without a reason"),
    ("quote states", QUOTE.format("decided_at = sent_at", "sent"), "it is open, but"),
    ("quote states", QUOTE.format("sent_at = '2026-01-01'", "draft"), "it is a draft, but"),
    ("quote states", QUOTE.format("decided_at = NULL", "declined"), "it was decided, but"),
    ("quote states", "UPDATE renewals_quotelink SET revoked = NOT revoked", "link is missing or closed"),
    ("quote states", "UPDATE renewals_quotelink SET revoked = NOT revoked", "its link is still open"),
    (
        "quote states",
        "UPDATE warranty_maintenanceterm SET origin = 'quote' WHERE origin = 'hand'",
        "no quote leads to it",
    ),
    ("quote states", QUOTE.format("status = 'declined'", "accepted"), "only an accepted quote becomes a term"),
    ("quote states", "UPDATE billing_charge SET source_id = source_id + 1000", "nothing is owed for it"),
    ("charges", "UPDATE billing_charge SET invoiced = 0, waiting = gross", "of it stands on invoices, not"),
    (
        "agreed work",
        "UPDATE billing_charge SET source_id = source_id + 1000 WHERE source_kind = 'price_line'",
        "is not owed",
    ),
    ("charges", "UPDATE billing_charge SET invoiced_currency = 'USD'", "it mixes currencies"),
    ("invoices", INVOICE.format("net = net - 1"), "do not make gross"),
    ("invoices", INVOICE.format("tax = tax + 1"), "its lines' tax sums to"),
    ("invoices", INVOICE.format("paid = paid + 0.01"), "its payments sum to"),
    ("invoices", "DELETE FROM billing_payment", "its payments sum to"),
    ("invoices", "UPDATE billing_creditnote SET gross = 1", "its credit notes sum to"),
    ("invoices", "UPDATE billing_invoiceline SET net = net + 1, tax = tax - 1", "line 1 splits into"),
    ("invoices", "UPDATE billing_creditline SET net = net - 1", "and its lines' is"),
    ("invoices", "UPDATE billing_creditline SET tax = 999999", "of the tax of line 1 was credited"),
    ("invoices", "UPDATE billing_payment SET amount_currency = 'USD'", "it mixes CNY, USD"),
    ("invoice states", INVOICE.format("status = 'paid'"), "it must be part_paid"),
    ("invoice states", INVOICE.format("status = 'requested'"), "money moved before"),
    ("invoice states", INVOICE.format("status = 'requested'"), "it names a tax invoice, but"),
    ("invoice states", INVOICE.format("tax_invoice_number = ''"), "names no tax invoice"),
    ("invoice states", INVOICE.format("credited = gross + 1"), "was credited of"),
    (
        "contract states",
        "UPDATE contracts_contract SET terminated_on = NULL WHERE number = 'ENDED'",
        "does not say when",
    ),
    (
        "contract states",
        "UPDATE contracts_contract SET terminated_on = '2026-01-01' WHERE number = 'DUE'",
        "it is not terminated, but",
    ),
    ("contract states", TERM.format("last_day = '2027-01-01'", "ENDED"), "is covered longer"),
    (
        "contract states",
        "UPDATE contracts_contract SET ending_on = '2027-01-01', ending_reason = 'x' WHERE number = 'ENDED'",
        "it is not active, but is to end",
    ),
    (
        "contract states",
        "UPDATE contracts_contract SET ending_reason = '' WHERE number = 'ENDING'",
        "does not say why",
    ),
    (
        "contract states",
        "UPDATE contracts_contract SET ending_on = '2027-01-01' WHERE number = 'ENDING'",
        "its plan does not end it then",
    ),
    ("contract states", "UPDATE contracts_contract SET ending_on = NULL WHERE number = 'ENDING'", "its plan ends it"),
    (
        "contract states",
        "UPDATE warranty_plannedaction SET state = 'planned' WHERE state = 'cancelled'",
        "its plan is not cancelled",
    ),
    ("contract states", QUOTE.format("status = 'sent'", "cancelled"), "has an open quote"),
    (
        "contract states",
        INVOICE.format(f"status = 'draft', contract_id = {OF.format('ENDED')}"),
        "an invoice that is not issued",
    ),
    (
        "mail states",
        "UPDATE mail_outgoingmail SET status = 'sent' WHERE status = 'queued'",
        "it is sent, but says not when",
    ),
    ("mail states", "UPDATE mail_outgoingmail SET next_attempt_at = NULL", "says not when it is to be tried"),
    ("mail states", "UPDATE mail_outgoingmail SET status = 'sending'", "says not since when"),
    ("mail states", "UPDATE mail_outgoingmail SET sent_at = queued_at", "it is not sent, but"),
    ("states and events", QUOTE.format("status = 'expired'", "sent"), "it is expired, but its last event left it sent"),
    (
        "states and events",
        "UPDATE mail_outgoingmail SET status = 'refused' WHERE status = 'queued'",
        "no event says how",
    ),
    (
        "states and events",
        "UPDATE contracts_contract SET status = 'terminated' WHERE number = 'NEW'",
        "no event says how",
    ),
    ("events", TERM.format("version = 5", "DUE"), "it changed 5 times, but has 1 events in all"),
    ("events", "DELETE FROM chatter_event", "no event tells of its beginning"),
    (
        "events",
        "UPDATE contracts_contract SET version = 9 WHERE number = 'NEW'",
        "it changed 9 times, but has 1 events in all",
    ),
    (
        "numbers",
        "UPDATE renewals_renewalquote SET number = 'BJ-2026-0099' WHERE number = 'BJ-2026-0003'",
        "this number is missing",
    ),
    (
        "numbers",
        "UPDATE renewals_renewalquote SET number = 'BJ-2026-900' WHERE number = 'BJ-2026-0003'",
        "this is no number of its series",
    ),
    ("numbers", "UPDATE renewals_renewalquote SET revision = 3 WHERE revision = 2", "its version 2 is missing"),
    ("numbers", "UPDATE documents_numberseries SET last = 40 WHERE prefix = 'KP'", "remembers 40 as its last number"),
    (
        "numbers",
        "UPDATE billing_invoice SET number = 'HC-2026-0001' WHERE number = 'KP-2026-0001'",
        "this is no number of its series",
    ),
    ("numbers", "UPDATE documents_numberseries SET prefix = 'XX' WHERE prefix = 'DC'", "the last one used is 1"),
    (
        "logs",
        "UPDATE chatter_event SET at = '2020-01-01 00:00:00+00' WHERE verb = 'accepted'",
        "not the one that was sealed",
    ),
    ("logs", "UPDATE chatter_event SET note = 'x' WHERE verb = 'created'", "not the one that was sealed"),
    ("logs", "DELETE FROM chatter_event WHERE id = (SELECT max(id) FROM chatter_event)", "that was sealed is gone"),
    ("logs", "DELETE FROM audit_seal WHERE sequence = 3", "the seals from 3 to 3 are gone"),
    ("logs", "DELETE FROM audit_seal WHERE sequence > 3", "but its newest was"),
    ("logs", "DELETE FROM audit_seal", "rows from before yesterday are not sealed"),
    ("logs", "UPDATE audit_seal SET hash = 'x' WHERE sequence = 2", "not the one that was sealed"),
    ("files", "UPDATE chatter_attachment SET sha256 = 'x'", "is not the one that was stored"),
    ("files", "UPDATE documents_document SET size = 1", "but 1 are recorded"),
    ("files", "UPDATE billing_exportbatch SET file = 'exports/gone.csv'", "is not there"),
]


def test_what_writes_past_the_operations_is_found(story):
    missed = []
    for check, sql, problem in HOSTILE:
        with transaction.atomic():
            unguarded(sql)
            if not any(problem in each for each in found(check)):
                missed.append((check, sql, problem, found(check)))
            transaction.set_rollback(True)
    assert missed == []


def test_every_check_has_something_it_finds():
    tested = {check for check, _sql, _problem in HOSTILE} | {"guards", "references"}
    assert tested == set(CHECKS)


def test_a_constraint_that_is_gone_is_found(story):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER term_no_overlap_UPDATE")
            cursor.execute("DROP INDEX invoice_tax_number_once")
        else:
            cursor.execute("ALTER TABLE warranty_maintenanceterm DROP CONSTRAINT term_no_overlap")
            cursor.execute("DROP INDEX invoice_tax_number_once")
    problems = found("guards")
    assert len(problems) == 2
    assert any(each.startswith("term_no_overlap") for each in problems)
    install()
    assert found("guards") == ["the constraint invoice_tax_number_once is not installed"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets nobody make such a row")
def test_a_row_that_points_nowhere_is_found(story):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(
            "UPDATE renewals_quoteline SET quote_id = 987654 WHERE id = (SELECT min(id) FROM renewals_quoteline)"
        )
        assert found("references") == ["points to a row of renewals_renewalquote that is not there"]
        transaction.set_rollback(True)


def test_a_changed_file_is_found(story):
    document = Document.objects.get(key="paper:1")
    path = story / document.file.name
    before = path.read_bytes()
    path.write_bytes(b"%PDF-1.7 another")
    try:
        assert found("files") == [f"its file {document.file.name} is not the one that was stored"]
    finally:
        path.write_bytes(before)


def test_a_check_that_stumbles_is_a_finding_and_the_others_go_on(story):
    unguarded("UPDATE warranty_maintenanceterm SET anchor = '9999-12-31'")
    by_check = {finding.check: finding.problem for finding in findings(on=ON)}
    assert by_check["terms"].startswith("the check could not be finished: ValueError")
    assert "numbers" not in by_check


@pytest.mark.django_db(transaction=True)
def test_everything_is_read_as_of_one_moment_without_keeping_writers_waiting(monkeypatch):
    """SQLite's IMMEDIATE, right for every operation, would lock out all writers as long as the checks run."""
    inside = []
    monkeypatch.setattr(
        "ops.integrity.CHECKS", {"look": lambda on: inside.append(connection.in_atomic_block) or iter(())}
    )
    with CaptureQueriesContext(connection) as queries:
        assert list(findings(on=ON)) == []
    assert inside == [True]
    begun = (
        "BEGIN DEFERRED"
        if connection.vendor == "sqlite"
        else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    )
    assert begun in [query["sql"] for query in queries]
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"
