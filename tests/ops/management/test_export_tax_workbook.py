"""The bureau's workbook by command (docs/commands.md 7.1)."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from billing.invoices import edit_invoice, request_invoice
from tests.billing.test_tax_workbook import made, rows
from tests.chain import AT, ON, invoiced
from tests.factories import UserFactory
from tests.ops.management.test_commands import said

pytestmark = pytest.mark.django_db


def test_the_bureaus_workbook_holds_what_waits_to_be_issued_and_says_what_it_refuses(tmp_path):
    good, bad, _draft = invoiced(), invoiced(), invoiced()
    for invoice in (good, bad):
        request_invoice(invoice=invoice, by=invoice.contract.manager, at=AT, on=ON)
    edit_invoice(invoice=bad, values={"buyer_name": "x<y"}, by=UserFactory(role="finance"), at=AT)
    template = tmp_path / "template.xlsx"
    template.write_bytes(made())
    stretch = ("--from", "2026-11-01", "--to", "2026-11-30", "--template", str(template), "--format", "json")

    document = json.loads(said("export_tax_workbook", *stretch, "--out", str(tmp_path / "out")))

    [path] = document["files"]
    assert document["version"] == "pt:20270101"
    assert document["invoices"] == [{"number": good.number, "file": path}]
    [refused] = document["refused"]
    assert (refused["number"], refused["reasons"][0]["field"], document["warned"]) == (bad.number, "name", [])
    assert [row["发票流水号"] for row in rows(Path(path).read_bytes(), 0)] == [good.number]
    template.write_bytes(b"nothing")
    with pytest.raises(CommandError, match="no workbook"):
        said("export_tax_workbook", *stretch, "--out", str(tmp_path / "out"))
