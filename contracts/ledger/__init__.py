"""Reading a ledger 台账: a file in, typed rows, rejections and warnings out. No database, no clock."""

from contracts.ledger.check import Answers, check_ledger
from contracts.ledger.columns import FIELDS
from contracts.ledger.reader import Ledger, RawRow, Skipped, Table, read_ledger
from contracts.ledger.rejected import write_rejected
from contracts.ledger.rows import CheckedLedger, Finding, LedgerRow, Problem, Rejection

__all__ = [
    "FIELDS",
    "Answers",
    "CheckedLedger",
    "Finding",
    "Ledger",
    "LedgerRow",
    "Problem",
    "RawRow",
    "Rejection",
    "Skipped",
    "Table",
    "check_ledger",
    "read_ledger",
    "write_rejected",
]
