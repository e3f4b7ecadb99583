"""Every field in which something about a person outside of the house could stand is a place of `base/audit/personal.py`,
or stands here with the reason why it is none: a new field makes this test fail until somebody thought of it.
"""

from django.db import models

from base.audit.personal import HANGING, places
from base.chatter.registry import our_models

#: Models with nothing of people outside, and why.
NONE_AT_ALL = {
    "accounts.User": "colleagues, whose names stand for what they did",
    "accounts.WrongPassword": "kept some minutes",
    "audit.Seal": "digests and salts; an erasure takes the salts",
    "audit.LogHead": "digests",
    "audit.Access": "colleagues; dropped month by month",
    "audit.Erasure": "counts",
    "billing.ExportBatch": "files that finance took away: papers",
    "billing.InvoiceLine": "what is charged, a paper's words",
    "billing.TaxRate": "the law's words",
    "chatter.Event": "erased through its seal, by `erasure.py`",
    "chatter.Follower": "colleagues",
    "company.CalendarDay": "holidays",
    "company.CalendarYear": "holidays",
    "company.Company": "we ourselves",
    "console.Heartbeat": "processes",
    "console.MailChoice": "codes",
    "contracts.InvoiceTitle": "an organisation, as its tax invoice needs it",
    "documents.Document": "papers that left the house stay whole, with their hash",
    "documents.NumberSeries": "numbers",
    "mail.MailText": "our own wording",
    "renewals.QuoteLine": "what is offered, a paper's words",
    "renewals.QuoteLink": "a hash",
    "service.CheckItem": "our own wording",
    "service.CheckList": "our own wording",
    "service.CommitmentTemplate": "our own wording",
    "service.PenaltyRule": "amounts",
    "service.SlaPolicy": "our own wording",
    "service.VisitPart": "machines",
    "ui.ColumnChoice": "columns",
    "ui.SentForm": "that a form was sent, once",
    "ui.SavedFilter": "a colleague's own list",
    "warranty.DailyRun": "contract numbers and problems of the program",
    "warranty.PlannedAction": "codes",
}
#: Fields of the others.
NONE = {
    "billing.Charge": {"source_kind", "specification", "tax_code", "unit"},
    "billing.CreditNote": {"number", "tax_invoice_number"},
    "billing.Invoice": {
        "number", "tax_invoice_number",
        # The buyer as the tax invoice needs it: an organisation.
        "buyer_name", "buyer_tax_number", "buyer_address", "buyer_phone", "buyer_bank_name", "buyer_bank_account",
        "buyer_email",
    },
    # What is asked for: rates, accounts, rights of colleagues.
    "changes.PendingChange": {"kind", "changes", "values"},
    "chatter.Attachment": {"file", "label", "mime", "sha256"},
    "chatter.Todo": {"role", "kind", "cause"},
    "contracts.Amendment": {"number"},
    # manager_name: a colleague, as the ledger names them.
    "contracts.Contract": {"number", "number_key", "project", "manager_name"},
    "contracts.Customer": {"name", "key", "initials", "pinyin", "credit_code", "address", "region"},
    "mail.DeadAddress": {"reason"},
    # Reply-To is a colleague.
    "jobs.Job": {"kind", "keys", "language", "mark", "step", "worker", "result_url", "file", "file_name", "sha256"},
    "mail.OutgoingMail": {"cause", "kind", "language", "reply_to", "papers", "papers_seen", "message_id"},
    "renewals.RenewalQuote": {"number", "approved_hash", "refused_hash"},
    "service.CheckResult": {"text", "text_en", "method", "method_en", "unit", "limits"},
    "service.FulfilmentReport": {"number"},
    "service.InspectionReport": {"number"},
    # Project managers are colleagues.
    "service.ManagerChange": {"token_hash", "outgoing", "incoming", "qualification"},
    "service.Penalty": {"credited_by"},
    # What was offered, as it was worded.
    "service.PriceConsent": {"token_hash", "lines"},
    "service.RemoteAccess": {"token_hash"},
    # Why it was given to a colleague.
    "service.ServiceRequest": {"number", "assigned_because"},
    "service.Survey": {"token_hash"},
    "service.Visit": {"number"},
    "warranty.LedgerImport": {"file"},
    "warranty.MaintenanceTerm": {"origin"},
}  # fmt: skip


def _texts(model: type[models.Model]) -> set[str]:
    """Fields that can hold words, without codes to choose from and what the database computes itself."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)
    fields = (field for field in model._meta.concrete_fields if isinstance(field, kinds))
    return {field.name for field in fields if not field.choices and not field.generated}


def _known() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places():
        found.setdefault(place.model._meta.label, set()).update(place.fields)
    for model, fields in HANGING.items():
        found.setdefault(model._meta.label, set()).update(fields)
    return found


def test_each_field_that_holds_words_is_a_place_or_none_for_a_reason():
    known, forgotten = _known(), {}
    for model in our_models():
        label = model._meta.label
        left = _texts(model) - known.get(label, set()) - NONE.get(label, set())
        if left and label not in NONE_AT_ALL:
            forgotten[label] = sorted(left)
    assert forgotten == {}, "may a contact, a caller or a signer be named there? say so in the floor's personal.py"


def test_no_reason_is_left_over():
    texts = {model._meta.label: _texts(model) for model in our_models()}
    known = _known()
    assert set(NONE_AT_ALL) - set(texts) == set()
    assert set(NONE_AT_ALL) & (set(known) | set(NONE)) == set()
    assert {
        label: sorted(fields - texts.get(label, set()) | fields & known.get(label, set()))
        for label, fields in NONE.items()
    } == {label: [] for label in NONE}


def test_each_place_leads_to_a_customer_and_a_day():
    for place in places():
        if place.customer:
            assert place.model._base_manager.values_list(place.customer).query
        if place.date:
            assert isinstance(place.model._meta.get_field(place.date), models.DateField)
        assert bool(place.kind) == bool(place.name)
