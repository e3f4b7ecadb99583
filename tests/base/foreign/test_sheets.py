"""Files of bad will: they are read, or refused for a reason; the child stays within its bounds, and nothing else ends."""

import subprocess
import sys
import time

import pytest

from base.foreign import child
from base.foreign.limits import MAX_CLOCK, MAX_MEMORY, Fault, Unreadable
from tests.base.foreign import hostile


def read(content: bytes) -> list[list[object]]:
    """All rows of all sheets, each with its number first."""
    rows = []
    for said in child.read("base.foreign.sheets", content, "name"):
        if isinstance(said, list):
            rows += [[number, *cells] for number, cells in said]
    return rows


def fault(content: bytes) -> Fault:
    began = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert time.monotonic() - began < MAX_CLOCK + 10
    return refused.value.fault


def rows(count: int, cells: str) -> str:
    return "".join(f'<row r="{n}">{cells.format(n=n)}</row>' for n in range(1, count + 1))


def test_a_cell_far_out_costs_nothing():
    content = hostile.workbook(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"/></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert read(content) == [[1, 1.0]]


def test_a_blank_text_far_out_is_no_content():
    strings = f'<sst xmlns="{hostile.MAIN}"><si><t>a</t></si><si><t xml:space="preserve"> </t></si></sst>'
    far = '<row r="1048576"><c r="XFD1048576" t="s"><v>1</v></c></row>'
    content = hostile.workbook('<row r="2"><c r="B2" t="s"><v>0</v></c></row>' + far, xl__sharedStrings=strings)
    assert read(content) == [[2, "", "a"]]


def test_what_is_written_in_the_last_row_keeps_its_number():
    content = hostile.workbook(hostile.cell("A1") + '<row r="1048576"><c r="B1048576"><v>7</v></c></row>')
    assert read(content) == [[1, 1.0], [1048576, "", 7.0]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (hostile.workbook(hostile.cell("A1") + hostile.cell("XFD2")), {Fault.COLUMNS}),
        (hostile.workbook(hostile.cell("ZZZZZZZZ99999999999")), {Fault.DAMAGED}),
        (hostile.workbook(hostile.cell("A99999999999")), {Fault.DAMAGED}),
        (hostile.workbook('<row r="1048577"><c><v>1</v></c></row>' + hostile.cell("AAAA1")), {Fault.DAMAGED}),
        (
            hostile.workbook(
                hostile.cell("A1"), xl__sharedStrings=f'<sst xmlns="{hostile.MAIN}" uniqueCount="99999999999"/>'
            ),
            {Fault.CELLS},
        ),
        (hostile.workbook(xl__worksheets__sheet1=hostile.huge(460, b"<row><c><v>1</v></c></row>")), {Fault.UNPACKED}),
        (hostile.workbook(xl__worksheets__sheet1=hostile.huge(200, b"<row><c><v>1</v></c></row>")), {Fault.CELLS}),
        (hostile.workbook(xl__worksheets__sheet1=hostile.huge(200, b"          ")), {Fault.CELLS}),
        (hostile.lying_sizes(), {Fault.DAMAGED, Fault.UNPACKED, Fault.CELLS}),
        (hostile.with_directory(50_000), {Fault.UNPACKED}),
        (
            hostile.workbook(xl__sharedStrings=hostile.laughs(), rows='<row><c t="s"><v>0</v></c></row>'),
            {Fault.DAMAGED},
        ),
        (b"PK\x03\x04" + b"\0" * 2**20, {Fault.NOT_A_WORKBOOK}),
        (b"\0" * (20 * 2**20 + 1), {Fault.SIZE}),
        (b",".join([b"a"] * 20_000) + b"\n1,2\n", {Fault.COLUMNS}),
        (b"a,b\n" * 1_100_000, {Fault.CELLS}),
    ],
)
def test_what_goes_beyond_a_bound_is_refused_for_its_reason(content, why):
    assert fault(content) in why


def test_references_that_hide_from_the_search_end_only_the_child():
    """Far cells written as nobody writes them: with entities, or other spaces."""
    for reference in ('r="&#88;FD1048576"', 'r = "XFD1048576"', "\nr='XFD1048576'"):
        content = hostile.workbook(f'<row><c r="A1"><v>1</v></c></row><row><c {reference}><v>1</v></c></row>')
        assert fault(content) in (Fault.MEMORY, Fault.DAMAGED, Fault.COLUMNS)


def test_one_long_text_in_many_cells_is_not_multiplied():
    strings = f'<sst xmlns="{hostile.MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    content = hostile.workbook(rows(20_000, '<c r="A{n}" t="s"><v>0</v></c>'), xl__sharedStrings=strings)
    assert fault(content) in (Fault.TEXT, Fault.MEMORY)


def test_commas_without_anything_between_them_are_nothing():
    assert read(b"," * 20_000 + b"\n" + b"a,b\n" * 3) == [[2, "a", "b"], [3, "a", "b"], [4, "a", "b"]]


def test_a_large_honest_ledger_is_read_within_its_memory(tmp_path):
    cells = "".join(f'<c r="{chr(65 + place)}{{n}}"><v>{{n}}</v></c>' for place in range(20))
    path = tmp_path / "large.xlsx"
    path.write_bytes(hostile.workbook(rows(50_000, cells)))
    code = (
        "import resource, sys; from base.foreign import child\n"
        "rows = sum(len(said) for said in child.read('base.foreign.sheets', sys.argv[1]) if isinstance(said, list))\n"
        "print(rows, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    told = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True).stdout
    found, peak = map(int, told.split())
    assert found == 50_000
    assert peak <= MAX_MEMORY


def test_a_fault_of_ours_is_told_as_it_is():
    with pytest.raises(RuntimeError, match="No module named"):
        list(child.read("base.foreign.no_such_module", b"a,b"))


def test_the_child_loads_nothing_of_the_product():
    """What it imports it would have to pay for out of its memory."""
    code = "import sys; from base.foreign import sheets, workbooks, tables; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in loaded} & {
        "django",
        "moneyed",
        "contracts",
        "config",
        "openpyxl",
    } == set()
