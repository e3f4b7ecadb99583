"""A real ledger (docs/ledger.md): reading it on 2026-11-22 gives exactly what is expected of it."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.ledger import check_ledger, read_ledger

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real ledger is not beside the repository")


@pytest.fixture(scope="module")
def expected():
    return json.loads((DATA / "contract-ledger.expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def checked():
    return check_ledger(read_ledger(DATA / "contract-ledger.xlsx", on=date(2026, 11, 22)))


def test_rejected(checked, expected):
    found = [{key: value for key, value in fault.as_dict().items() if key != "value"} for fault in checked.rejected]
    assert sorted(found, key=repr) == sorted(expected["rejected"], key=repr)


def test_warnings(checked, expected):
    found = [(warning.sheet, warning.row, warning.field) for warning in checked.warnings]
    assert sorted(found) == sorted((each["sheet"], each["row"], each["field"]) for each in expected["warnings"])


def test_accepted(checked, expected):
    assert len(checked.rows) == expected["summary"]["accepted_rows"] == 280
    assert len({row.customer_key for row in checked.rows}) == expected["summary"]["customers"] == 80
    assert {row.number: _values(row) for row in checked.rows} == {
        number: _expected_values(contract) for number, contract in expected["contracts"].items()
    }


def _values(row):
    return (
        row.customer, row.amount.amount, row.amount.currency.code, str(row.signed_on),
        str(row.final_acceptance_on) if row.final_acceptance_on else None,
        row.free_months, row.renewal_rate, row.inspections_per_year,
    )  # fmt: skip


def _expected_values(contract):
    rate = contract["renewal_rate"]
    return (
        contract["customer"], Decimal(contract["amount"]), "CNY", contract["signed_on"],
        contract["final_acceptance_on"],
        contract["free_months"], None if rate is None else Decimal(rate), contract["inspections_per_year"],
    )  # fmt: skip
