from tests.base.foreign import small_books
from tests.base.foreign.small_books import read

EMPTY, NOT_AVAILABLE = b"\3\0\0\0\0\0\xff\xff", b"\2\0\x2a\0\0\0\xff\xff"


def test_formulas_of_a_program_that_computed_none_are_unknown():
    assert read(small_books.xls(EMPTY, EMPTY))[0][2] == [3, ["unknown", "=…"], ["unknown", "=…"]]


def test_an_empty_text_beside_a_computed_formula_is_blank():
    assert read(small_books.xls(NOT_AVAILABLE, EMPTY))[0][2] == [3, ["unknown", "#N/A"]]
