import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import settings

# A busy machine must not fail a property.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def book() -> Callable[..., bytes]:
    """Makes a workbook of the given sheets; `merged` and `hidden` by sheet name."""

    def make(
        sheets: Mapping[str, Sequence[Sequence[Any]]],
        merged: Mapping[str, Sequence[str]] | None = None,
        hidden: Sequence[str] = (),
    ) -> bytes:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for cells in (merged or {}).get(name, ()):
                sheet.merge_cells(cells)
            if name in hidden:
                sheet.sheet_state = "hidden"
        target = io.BytesIO()
        workbook.save(target)
        return target.getvalue()

    return make
