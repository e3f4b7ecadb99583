from io import BytesIO

from pypdf import PdfReader

from tests.warranty.document_samples import acceptance_certificate
from warranty.documents.data import AcceptanceCertificatePaper


def text_of(paper: AcceptanceCertificatePaper, language: str) -> str:
    reader = PdfReader(BytesIO(paper.render(language)))
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def holds(text: str, *expected: str) -> bool:
    return all("".join(part.split()) in text for part in expected)


def test_a_chinese_certificate():
    text = text_of(acceptance_certificate(), "zh-hans")
    assert holds(text, "项目终验证书", "建设单位 某某市大数据管理局", "监理单位 某某工程监理有限公司")
    assert holds(text, "终验日期 2025年3月15日")
    assert holds(text, "于2025年3月15日通过终验。验收结论：□合格　□不合格")
    assert holds(text, "2025年3月15日至2026年3月15日（含首尾两日），共 12 个月")
    assert holds(text, "期间自终验次日起计算", "每年 2 次", "王珺璟 某某市大数据管理局 处长", "一式 2 份")
    assert holds(text, "建设单位（盖章）：某某市大数据管理局", "承建单位（盖章）：北京维远信息技术有限公司")


def test_an_english_certificate_by_the_other_counting_without_what_is_unknown():
    paper = acceptance_certificate(
        same_day=True, supervisor="", go_live_on=None, preliminary_on=None, scope=(), panel=(), months=1, copies=1
    )
    text = text_of(paper, "en")
    assert holds(text, "the day of final acceptance counts as the first day", "(1 month)", "One original.")
    assert holds(text, "Went live on —", "Preliminary acceptance — Final acceptance 15 March 2025")
    assert "Supervisor" not in text
    assert "Item" not in text


def test_what_is_left_to_do_is_listed():
    text = text_of(acceptance_certificate(remaining=["补交接口文档", "压力测试复测"]), "zh-hans")
    assert holds(text, "遗留问题及整改要求：补交接口文档 压力测试复测")
