"""Each format tells of errors, formulas without a value, hidden rows and currencies of the format, and is refused alike."""

import io

import openpyxl
import pytest

from base.foreign.limits import Fault
from tests.base.foreign import small_books
from tests.base.foreign.small_books import fault, ods, read

ALL = ["xlsx", "xls", "xlsb", "ods"]


@pytest.mark.parametrize("kind", ALL)
def test_the_same_is_told_of_each_format(kind):
    rows, hidden = read(getattr(small_books, kind)())
    assert rows == [[1, ["shown", 100.5, "USD"], ["unknown", "#N/A"]], [2, 5.0]]
    assert hidden == [2]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("share", [0.3, 0.6])
def test_what_was_cut_off_is_damaged(kind, share):
    content = getattr(small_books, kind)()
    assert fault(content[: int(len(content) * share)]) == Fault.DAMAGED


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "ods"])
def test_what_was_overwritten_is_damaged(kind):
    content = getattr(small_books, kind)()
    begin = content.rfind(b"content.xml" if kind == "ods" else b"sheet1.", 0, content.find(b"PK\x01\x02"))
    assert fault(content[: begin + 40] + b"\xff" * 20 + content[begin + 60 :]) == Fault.DAMAGED


@pytest.mark.parametrize("kind", ["application/vnd.oasis.opendocument.text", "application/zip"])
def test_another_document_is_no_workbook(kind):
    content = ods(kind=kind).replace(b"content.xml", b"content.txt")
    assert fault(content) == Fault.NOT_A_WORKBOOK


def test_a_library_that_gives_up_is_told_as_a_damaged_file():
    assert fault(small_books.xlsb(counted=False)) == Fault.DAMAGED


def test_a_text_that_is_written_as_a_formula_is_that_text():
    book = openpyxl.Workbook()
    book.active.append(['="HT-1"', '="a ""b"""', '="a"&"b"'])
    target = io.BytesIO()
    book.save(target)
    assert read(target.getvalue())[0] == [[1, "HT-1", 'a "b"', ["unknown", '="a"&"b"']]]
