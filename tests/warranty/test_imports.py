"""A ledger on its way in: refused, mapped, asked about, loaded chunk by chunk, and gone on with after a fall."""

import io
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from base.jobs import run as runs
from base.jobs.models import Job
from base.jobs.operations import stop_job
from base.jobs.run import LEASE
from base.jobs.work import work_off_jobs
from base.lib.errors import NotAllowed, Refused
from contracts.models import Contract, Customer
from tests.chain import AT, ON, verbs
from tests.factories import ContractFactory, UserFactory
from warranty import imports, rejected
from warranty.models import LedgerImport, MaintenanceTerm

pytestmark = pytest.mark.django_db

HEAD = ["合同编号", "项目名称", "客户名称", "合同金额", "签订日期", "终验日期", "免费维保期", "巡检次数", "维保到期日"]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def workbook(*rows, head=HEAD, name="ledger.xlsx"):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("台账")
        for line, row in enumerate([head, *rows]):
            sheet.write_row(line, 0, row)
    return SimpleUploadedFile(name, target.getvalue())


def contract_row(n, **changed):
    row = dict(
        zip(
            HEAD,
            [
                f"L-{n:04d}",
                f"Project {n}",
                f"Customer {n % 7}",
                1000 + n,
                date(2025, 1, 10),
                date(2026, 1, 15),
                12,
                2,
                None,
            ],
            strict=True,
        )
    )
    return [(changed | {"": 0}).get(name, value) if name in changed else value for name, value in row.items()]


def uploaded(*rows, by=None, **options):
    return imports.upload_ledger(file=workbook(*rows, **options), on=ON, by=by or UserFactory(), at=AT)


def started(*rows, **options):
    item = uploaded(*rows, **options)
    work()
    imports.start_import(item=item, by=item.by, at=AT)
    return item


def state(item):
    item.refresh_from_db()
    return item.status, item.next_row, item.result


def work(at=AT):
    return work_off_jobs(lambda: at)


# --- upload


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.4 not a ledger", "neither a workbook nor a CSV file"),
        (b"\x00\x01\x02", "neither a workbook nor a CSV file"),
        (b"a,b\n1,2\n", "looks like a ledger"),
    ],
)
def test_a_file_that_is_no_ledger_is_told_of_once_it_was_read(content, why):
    file = SimpleUploadedFile("ledger.xlsx", content)
    item = imports.upload_ledger(file=file, on=ON, by=UserFactory(), at=AT)
    work()

    assert state(item)[0] == "uploaded"
    assert why in item.problem
    assert item.job.status == "failed"
    with pytest.raises(Refused):
        imports.start_import(item=item, by=item.by, at=AT)


def test_an_empty_file_is_refused_at_its_field():
    with pytest.raises(Refused) as refusal:
        imports.upload_ledger(file=SimpleUploadedFile("ledger.xlsx", b""), on=ON, by=UserFactory(), at=AT)
    assert (refusal.value.field, refusal.value.code) == ("file", "empty")


def test_a_file_that_is_too_large_is_not_even_opened(settings):
    settings.ATTACHMENT_MAX_BYTES = 10

    with pytest.raises(Refused) as refusal:
        uploaded(contract_row(1))
    assert refusal.value.code == "size"


def test_only_who_may_import_uploads_answers_and_starts():
    finance, item = UserFactory(role="finance"), uploaded(contract_row(1))

    for attempt in (
        lambda: uploaded(contract_row(1), by=finance),
        lambda: imports.set_mapping(item=item, mapping={}, by=finance, at=AT),
        lambda: imports.answer_questions(item=item, answers={}, by=finance, at=AT),
        lambda: imports.start_import(item=item, by=finance, at=AT),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_an_upload_stores_nothing_but_the_file():
    item = uploaded(contract_row(1), contract_row(2))

    assert (item.status, item.total_rows, item.next_row, item.job.status) == ("uploaded", 0, 0, "waiting")
    work()
    assert state(item)[:2] == ("uploaded", 0)
    assert (item.total_rows, item.reading["counts"]["new"]) == (2, 2)
    assert not Contract.objects.exists()
    assert verbs(item) == ["ledger_uploaded"]


# --- mapping and answers


def test_a_column_is_mapped_and_remembered_own_choices_last():
    head = [*HEAD[:-1], "联络员"]
    first = uploaded(contract_row(1), head=head)
    imports.set_mapping(item=first, mapping={"联络员": "contact"}, by=first.by, at=AT)

    colleague = UserFactory()
    assert imports.remembered(colleague) == {"联络员": "contact"}
    other = imports.upload_ledger(
        file=workbook(contract_row(1), head=head), on=ON, by=colleague, at=AT + timedelta(hours=1)
    )
    imports.set_mapping(item=other, mapping={"联络员": ""}, by=colleague, at=AT)

    assert imports.remembered(colleague) == {"联络员": ""}
    assert imports.remembered(first.by) == {"联络员": "contact"}
    [table] = imports.ledger_of(uploaded(contract_row(1), by=first.by, head=head)).tables
    assert table.mapping[8] == "contact"


def test_an_unknown_field_is_refused():
    item = uploaded(contract_row(1))

    with pytest.raises(Refused):
        imports.set_mapping(item=item, mapping={"备注": "no such field"}, by=item.by, at=AT)


def test_a_missed_sheet_is_found_once_its_columns_are_named():
    strange = ["Nr", "Wer", "Wieviel", "Wann"]
    item = uploaded(["A-1", "Amt", 500, date(2026, 1, 5)], head=strange)
    work()
    item.refresh_from_db()
    assert item.total_rows == 0

    mapping = dict(zip(strange, ["number", "customer", "amount", "signed_on"], strict=True))
    imports.set_mapping(item=item, mapping=mapping, by=item.by, at=AT)
    work()

    item.refresh_from_db()
    assert item.total_rows == 1


def test_only_the_newest_reading_counts():
    item = uploaded(contract_row(1))
    first = item.job
    imports.set_mapping(item=item, mapping={"备注": ""}, by=item.by, at=AT)
    first.refresh_from_db()
    assert (first.status, item.job.pk == first.pk) == ("stopped", False)

    older = LedgerImport.objects.get(pk=item.pk)
    imports.have_read(item=item, by=item.by, at=AT)
    assert not imports.keep_reading(item=older, reading={"rows": 7})
    assert imports.keep_reading(item=item, reading={"rows": 7})
    assert LedgerImport.objects.get().total_rows == 7


def test_a_reading_that_was_stopped_is_asked_for_again():
    item = uploaded(contract_row(1))
    stop_job(job=item.job, by=item.by, at=AT)
    work()
    assert state(item)[0] == "uploaded"
    assert (item.problem, item.reading) == ("It was stopped.", {})

    imports.have_read(item=item, by=item.by, at=AT)
    work()
    state(item)
    assert (item.problem, item.total_rows) == ("", 1)


def test_answers_are_kept_by_cell_and_an_empty_one_is_none():
    item = uploaded(contract_row(1, 签订日期="26.3.5"))

    imports.answer_questions(item=item, answers={"台账/2/signed_on": "2026-03-05"}, by=item.by, at=AT)
    assert imports.answers_of(item) == {("台账", 2, "signed_on"): "2026-03-05"}
    imports.answer_questions(item=item, answers={"台账/2/signed_on": ""}, by=item.by, at=AT)
    assert imports.answers_of(item) == {}


def test_the_answer_whether_the_acceptance_day_counts_decides_the_terms():
    rows = [contract_row(n, 维保到期日=date(2027, 1, 14)) for n in (1, 2, 3)]
    item = uploaded(*rows)
    imports.answer_questions(item=item, answers={"台账/2/same_day": "yes", "台账/3/same_day": "no"}, by=item.by, at=AT)
    work()
    imports.start_import(item=item, by=item.by, at=AT)

    work()

    terms = {
        t.contract.number: (t.contract.same_day, str(t.last_day), t.hand_set_reason)
        for t in MaintenanceTerm.objects.all()
    }
    assert terms == {"L-0001": (True, "2027-01-14", ""), "L-0002": (False, "2027-01-14", "ledger")}
    assert [(each["row"], each["problem"]) for each in state(item)[2]["rejected"]] == [(4, "ambiguous")]


def test_nothing_is_mapped_or_answered_once_it_was_started():
    item = started(contract_row(1))

    for attempt in (
        lambda: imports.set_mapping(item=item, mapping={}, by=item.by, at=AT),
        lambda: imports.answer_questions(item=item, answers={"a/1/b": "x"}, by=item.by, at=AT),
        lambda: imports.start_import(item=item, by=item.by, at=AT),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "wrong_state"


# --- loading


def test_a_queued_ledger_is_loaded_and_says_what_it_did():
    ContractFactory(number="L-0001")
    item = started(*[contract_row(n) for n in range(3)], contract_row(9, 合同金额="待定"))

    assert work() == 1

    status, next_row, result = state(item)
    assert (status, next_row) == ("done", 4)
    assert (result["created"], result["updated"], result["unchanged"]) == (2, 1, 0)
    assert [(each["row"], each["field"]) for each in result["rejected"]] == [(5, "amount")]
    assert Contract.objects.get(number="L-0002").terms.count() == 1
    assert verbs(Contract.objects.get(number="L-0002")) == ["imported"]


def test_a_second_import_of_the_same_changes_nothing():
    rows = [contract_row(n) for n in range(5)]
    started(*rows)
    work()
    before = list(Contract.objects.order_by("pk").values())

    again = started(*rows)
    work()

    assert state(again)[2]["unchanged"] == 5
    assert list(Contract.objects.order_by("pk").values()) == before


def kill_at(monkeypatch, number, problem=KeyboardInterrupt):
    """The worker is gone in the middle of the chunk that begins with this contract."""
    loaded = imports.load_chunk

    def killed(rows, *args, **options):
        keys = loaded(rows, *args, **options)
        if rows[0].row.number == number:
            raise problem
        return keys

    monkeypatch.setattr(imports, "load_chunk", killed)
    return loaded


def test_a_worker_killed_in_the_middle_is_followed_by_another_after_its_claim(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    item = started(*[contract_row(n) for n in range(5)])
    loaded = kill_at(monkeypatch, "L-0002")
    with pytest.raises(KeyboardInterrupt):
        work()
    # The chunk it died in left nothing; the one before it is whole.
    assert (state(item)[:2], Contract.objects.count()) == (("running", 2), 2)

    monkeypatch.setattr(imports, "load_chunk", loaded)
    assert work() == 0
    assert work(AT + LEASE + timedelta(seconds=1)) == 1
    assert (state(item)[0], Contract.objects.count(), state(item)[2]["created"]) == ("done", 5, 5)


def test_a_busy_database_leaves_it_to_the_next_sweep(monkeypatch):
    item = started(contract_row(1))
    loaded = kill_at(monkeypatch, "L-0001", OperationalError("locked"))
    work()
    assert (state(item)[0], item.job.status) == ("running", "running")

    monkeypatch.setattr(imports, "load_chunk", loaded)
    work(AT + LEASE + timedelta(seconds=1))
    assert state(item)[0] == "done"


def test_one_that_is_stopped_keeps_what_it_loaded_and_goes_on_when_asked(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    monkeypatch.setattr(runs, "BEAT", 0.0)
    item = started(*[contract_row(n) for n in range(5)])
    loaded = imports.load_chunk

    def stop(rows, *args, **options):
        keys = loaded(rows, *args, **options)
        stop_job(job=item.job, by=item.by, at=AT)
        return keys

    monkeypatch.setattr(imports, "load_chunk", stop)
    work()
    assert (state(item)[:2], item.problem, Contract.objects.count()) == (("failed", 2), "It was stopped.", 2)

    monkeypatch.setattr(imports, "load_chunk", loaded)
    imports.start_import(item=item, by=item.by, at=AT)
    work()
    assert (state(item)[:2], state(item)[2]["created"]) == (("done", 5), 5)


def test_a_broken_import_says_why_and_goes_on_when_it_is_started_again(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 1)
    item = started(contract_row(1), contract_row(2))
    loaded = imports.load_chunk

    def broken(rows, *args, **options):
        if rows[0].row.number == "L-0002":
            raise RuntimeError("the roof is leaking")
        return loaded(rows, *args, **options)

    monkeypatch.setattr(imports, "load_chunk", broken)
    work()
    assert state(item)[:2] == ("failed", 1)
    assert "the roof is leaking" in item.problem

    monkeypatch.setattr(imports, "load_chunk", loaded)
    imports.start_import(item=item, by=item.by, at=AT)
    work()
    assert (state(item)[:2], Contract.objects.count()) == (("done", 2), 2)


def test_a_worker_that_was_given_up_loads_nothing_more(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    item = started(*[contract_row(n) for n in range(4)])
    loaded = imports.load_chunk

    def taken_over(rows, *args, **options):
        keys = loaded(rows, *args, **options)
        Job.objects.filter(pk=item.job.pk).update(worker="another")
        return keys

    monkeypatch.setattr(imports, "load_chunk", taken_over)
    work()
    assert (state(item)[:2], Contract.objects.count()) == (("running", 2), 2)


def test_what_changed_here_meanwhile_moves_no_row_to_another_chunk(monkeypatch):
    """A customer's code that becomes known in the middle turns a later row ambiguous; the others keep their place."""
    monkeypatch.setattr(imports, "CHUNK", 1)
    head = [*HEAD[:-1], "统一社会信用代码"]
    rows = [[*contract_row(n)[:-1], code] for n, code in ((1, ""), (2, "91000000000000019G"), (9, ""))]
    rows[1][2] = "Customer Z"
    item = started(*rows, head=head)
    loaded = kill_at(monkeypatch, "L-0002")
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.setattr(imports, "load_chunk", loaded)
    Customer.objects.create(name="Customer Z", credit_code="91000000MA0000007C")

    work(AT + LEASE + timedelta(seconds=1))

    assert set(Contract.objects.values_list("number", flat=True)) == {"L-0001", "L-0009"}
    assert [each["field"] for each in state(item)[2]["rejected"]] == ["credit_code"]


def test_rejections_come_back_as_they_were():
    item = started(contract_row(1, 合同金额="待定"))
    work()
    item.refresh_from_db()

    [found] = imports.rejections_of(item)
    assert (found.sheet, found.row, found.field, found.problem.value) == ("台账", 2, "amount", "not a positive amount")


def test_rejected_rows_are_written_before_the_import_and_after_it():
    item = uploaded(contract_row(1), contract_row(2, 合同金额="待定"))
    work()
    item.refresh_from_db()
    before, after = io.BytesIO(), io.BytesIO()
    assert rejected.write(item, before) == 1

    imports.start_import(item=item, by=item.by, at=AT)
    work()
    item.refresh_from_db()
    assert rejected.write(item, after) == 1
    assert rejected.file_name(item) == "ledger, rejected rows.xlsx"
