"""The desk's papers: what they say, in both languages, and how they leave the house."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from base.documents.models import Document
from base.documents.registry import document_for
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from contracts.models import Customer
from renewals import sending
from service import operations
from service.documents.builders.promises import commitment_letter, fulfilment_report
from service.models import FulfilmentReport, Penalty, PenaltyRule, Survey
from service.promises import commitments, penalties, reports, surveys
from service.promises.fulfilment import fulfilment
from tests.chain import AT, ON, accepted, day, drafted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "")


@pytest.fixture
def year(taken, desk, manager, engineer):
    """A contract with a year behind it: one request served in time and praised, one late and paid for."""
    contract = accepted(day("2025-12-01"), manager=manager, project_manager="张磊", amount="1200000.00")
    commitments.write_commitments(contract=contract, by=manager, at=AT)
    PenaltyRule.objects.create(contract=contract, rate=Decimal("0.0005"), cap_rate=Decimal("0.05"))
    good = taken(contract, title="Search is slow", request_class="question", reported_at=AT - timedelta(days=60), at=AT)
    late = taken(contract, title="Search is down", reported_at=AT - timedelta(days=30), at=AT)
    operations.answer_request(request=good, text="x", by=engineer, at=AT - timedelta(days=60) + timedelta(hours=1))
    operations.answer_request(request=late, text="x", by=engineer, at=AT - timedelta(days=29))
    for request in (good, late):
        operations.resolve_request(request=request, solution="x", by=engineer, at=AT)
        operations.close_request(request=request, by=desk, at=AT)
    taken(contract, title="Print is crooked", request_class="general")
    surveys.answer_survey(
        survey=Survey.objects.get(request=good), score=5, comment="Well done", name="王女士", by=None, at=AT
    )
    penalties.grant_penalty(penalty=Penalty.objects.get(leg="response"), by=manager, at=AT)
    return contract


def made(contract, **values):
    given = {"first_day": day("2025-12-01"), "last_day": ON, "summary": "A year together.", "by": contract.manager}
    return reports.make_report(contract=contract, at=AT, on=ON, **given | values)


def test_a_report_tells_what_was_promised_and_given(year):
    facts = fulfilment(year, day("2025-12-01"), ON, ON)
    legs = {leg.value: (each.kept, each.broken) for leg, each in facts.legs.items()}
    # The late one was answered a day later, never visited, and solved after a month; the third still runs.
    assert legs == {"response": (1, 1), "arrival": (0, 1), "resolution": (0, 1)}
    assert facts.legs["response"].mean == timedelta(hours=12, minutes=30)
    assert len(facts.months) == 12
    assert sum(broken for _month, _kept, broken in facts.months) == 3
    assert (facts.surveys.answered, facts.surveys.mean, facts.surveys.content) == (1, 5, 1)
    assert [each.title for each in facts.open_requests] == ["Print is crooked"]
    assert facts.credited == Penalty.objects.get(leg="response").amount


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "zh-hans",
            ["服务履约报告", "A year together.", "FW-2026-0002", "Well done", "Print is crooked", "50.0 %"],
        ),
        ("en", ["Service fulfilment report", "Free hotline", "Well done", "Broken promises"]),
    ],
)
def test_the_report_says_it_on_paper(year, language, says):
    Customer.objects.update(language=language)
    report = made(year)
    _key, name, pdf, target = fulfilment_report(report.pk)
    text = text_of(pdf)
    for each in says:
        assert each in text, each
    assert (name, target) == (f"服务履约报告_{report.number}.pdf", report)


def test_a_report_of_an_empty_period_is_a_paper_too(manager):
    report = made(accepted(manager=manager), first_day=day("2026-01-15"))
    assert "报告期内无服务请求" in text_of(fulfilment_report(report.pk)[2])


def test_it_never_changes_once_it_has_left(year, taken):
    report = made(year)
    stored = document_for("service.fulfilment_report", report.pk, at=AT)
    taken(year, title="Something new")
    assert document_for("service.fulfilment_report", report.pk, at=AT) == stored
    assert Document.objects.count() == 1
    with pytest.raises(Refused) as no:
        reports.edit_report(report=report, values={"summary": "Other words"}, by=year.manager, at=AT)
    assert no.value.code == "left"


def test_the_next_quote_carries_it_and_only_that(year):
    report = made(year, with_quote=True)
    made(year)
    quote = drafted(year)
    sending.send_quote(quote=quote, by=year.manager, at=AT, on=ON)
    mail = OutgoingMail.objects.get(kind="renewal_quote")
    assert mail.papers == [["renewals.renewal_quote", quote.pk], ["service.fulfilment_report", report.pk]]
    assert FulfilmentReport.objects.filter(with_quote=True).count() == 0


def test_the_quote_names_what_is_credited(year):
    from renewals.documents.builders import renewal_quote

    amount = Penalty.objects.get(leg="response").amount
    assert f"{amount.amount:,.2f}" in text_of(renewal_quote(drafted(year).pk)[2])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_day": day("2026-11-23"), "last_day": day("2026-12-01")}, "first_day"),
        ({"last_day": day("2025-11-30")}, "last_day"),
        ({"first_day": day("2010-01-01")}, "first_day"),
    ],
)
def test_a_period_that_cannot_be(year, values, field):
    with pytest.raises(Refused) as no:
        made(year, **values)
    assert no.value.field == field


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "zh-hans",
            [
                "服务承诺书",
                "自终验之日起免费维保12个月",
                "6小时",
                "0.05%",
                "未经用户同意不更换项目经理",
                "不超过合同金额的20%",
            ],
        ),
        ("en", ["Service commitment letter", "2 working days", "free until 1 December 2026", "at most 5 % of it"]),
    ],
)
def test_the_commitment_letter_repeats_the_contracts_own_terms(year, language, says):
    Customer.objects.update(language=language)
    text = text_of(commitment_letter(year.pk)[2])
    for each in says:
        assert each.replace(" ", "") in text.replace(" ", ""), each


def test_not_everybody_makes_reports(year):
    for role in ("engineer", "finance"):
        with pytest.raises(Refused):
            made(year, by=UserFactory(role=role))


def test_a_clause_that_is_only_for_proposals_is_promised_to_nobody(year):
    PenaltyRule.objects.filter(contract=year).delete()
    assert "违约责任" not in text_of(commitment_letter(year.pk)[2])
