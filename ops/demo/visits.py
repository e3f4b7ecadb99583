"""The demo's visits: checks filled in, findings, some of them requests by now, most reports signed."""

import io
import math
from datetime import date, timedelta

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from ops.demo.people import Story
from service.checks import entry as checks
from service.checks import findings, signing
from service.checks.enums import Area, CheckState, Grade, Outcome
from service.checks.finding_requests import make_request
from service.checks.queries import proposal, to_review
from service.documents.builders.inspections import as_signed
from service.models import CheckResult, Finding
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

#: So long ago that checks are not told item by item.
RECENT = timedelta(days=42)
#: So many reports are signed: each is a PDF to be made.
SIGNED = 4
_MEASURED = {
    "机房温度": "23.5", "机房相对湿度": "48", "UPS 负载率": "41", "UPS 电池后备时间": "45", "CPU 平均使用率": "36", "内存使用率": "62",
    "磁盘空间余量": "38", "核心交换机 CPU 使用率": "18", "核心交换机内存使用率": "44", "互联网出口带宽占用": "57", "链路丢包率": "0.02",
    "数据库表空间使用率": "66", "数据库连接数": "35", "首页响应时间": "1.2", "对外接口调用": "99.8", "备份介质余量": "43", "日志留存时间": "6",
}  # fmt: skip
#: Item, what was measured and seen, grade, advice.
_TROUBLE = (
    ("磁盘空间余量", "12", "数据盘增长较快", Grade.GENERAL, "清理历史日志并扩容 2 TB。"),
    ("证书与授权有效期", "", "HTTPS 证书 20 天后到期", Grade.GENERAL, "到期前完成证书更换。"),
    ("恢复验证", "", "近一年未做恢复演练", Grade.ADVICE, "安排一次恢复演练并形成记录。"),
    ("UPS 电池后备时间", "12", "电池老化，后备时间不足", Grade.SERIOUS, "更换 UPS 电池组。"),
    ("高危漏洞", "", "中间件存在 1 个高危漏洞", Grade.SERIOUS, "安装官方补丁并复测。"),
    ("数据库表空间使用率", "87", "业务表空间接近上限", Grade.GENERAL, "扩展表空间，并设置自动扩展告警。"),
)  # fmt: skip


def visit(story: Story, day: date) -> None:
    """Most visits that are due are held; of the last weeks' the checks are filled in."""
    due = Inspection.objects.filter(
        action__state="planned", action__due_on__lte=day, reported_at=None, window_first__lte=day
    )
    for inspection in due.select_related("action__contract__customer", "action__contract__contact", "engineer"):
        luck = story.dice.random()
        if luck < 0.6 and inspection.engineer:
            (_in_full if day >= story.today - RECENT else _in_short)(story, day, inspection, luck)
    if day == story.today:
        _half(story, day)


def _in_short(story: Story, day: date, inspection: Inspection, luck: float) -> None:
    assert inspection.engineer
    report_inspection(
        inspection=inspection,
        visited_on=day,
        result=InspectionResult.MOSTLY_NORMAL if luck < 0.1 else InspectionResult.NORMAL,
        findings="磁盘余量不足 20%，建议扩容。" if luck < 0.1 else "",
        by=inspection.engineer,
        at=story.at(day, 16),
        on=day,
    )


def _in_full(story: Story, day: date, inspection: Inspection, luck: float) -> None:
    # As early on the last day as the daily run allows, which is the last thing told.
    at = story.at(day, 4 if day == story.today else 11)
    engineer = inspection.engineer
    assert engineer
    checks.begin_entry(inspection=inspection, by=engineer, at=at)
    trouble = [each for each in _TROUBLE if story.dice.random() < 0.22]
    _fill(inspection, list(Area), {each[0]: each for each in trouble}, story, day)
    made = [_write(inspection, each, story, day) for each in trouble]
    for earlier in to_review(inspection).select_related("request"):
        fixed = story.dice.random() < 0.7 and earlier.request_id is None
        findings.review_finding(
            finding=earlier, inspection=inspection, outcome=Outcome.FIXED if fixed else Outcome.STILL, note="",
            by=engineer, at=at, seen=None,
        )  # fmt: skip
    told = {"result": InspectionResult.NORMAL, "findings": ""} | dict(proposal(inspection))
    report_inspection(inspection=inspection, visited_on=day, by=engineer, at=at + timedelta(minutes=40), on=day, **told)
    for finding in made:
        if finding.grade == Grade.SERIOUS and story.dice.random() < 0.7:
            make_request(finding=finding, by=engineer, at=at + timedelta(minutes=45), on=day)
        elif story.dice.random() < 0.3 and day < story.today - timedelta(days=7):
            findings.close_finding(
                finding=finding, how="已按建议处理，复测正常。", by=engineer, at=at + timedelta(days=5)
            )
    _sign(story, inspection, day)


def _half(story: Story, day: date) -> None:
    """A visit that is going on while the demo is opened."""
    engineer = story.people["engineer"]
    left = Inspection.objects.filter(engineer=engineer, action__state="planned", window_first__lte=day)
    inspection = left.order_by("action__due_on", "pk").first()
    if inspection is None:
        return
    checks.begin_entry(inspection=inspection, by=inspection.engineer, at=story.at(day, 4))
    _fill(inspection, [Area.ENVIRONMENT, Area.SERVER], {}, story, day)


def _fill(
    inspection: Inspection, areas: list[Area], trouble: dict[str, tuple[str, ...]], story: Story, day: date
) -> None:
    found = list(CheckResult.objects.filter(inspection=inspection))
    engineer = inspection.engineer
    assert engineer
    for area in areas:
        entries = {}
        for check in found:
            if check.area == area:
                wrong = trouble.get(check.text)
                state = CheckState.ABNORMAL if wrong else CheckState.NORMAL
                value, note = (wrong[1], wrong[2]) if wrong else (_MEASURED.get(check.text, ""), "")
                entries[check.pk] = checks.Entry(state, value, note, check.version)
        at = story.at(day, 4 if day == story.today else 11)
        checks.fill_in_item(inspection=inspection, area=area, entries=entries, by=engineer, at=at)


def _write(inspection: Inspection, trouble: tuple[str, ...], story: Story, day: date) -> Finding:
    item, _value, text, grade, advice = trouble
    contact = inspection.action.contract.contact
    ours = grade == Grade.SERIOUS or story.dice.random() < 0.5
    return findings.write_finding(
        inspection=inspection,
        values={
            "check_result": CheckResult.objects.filter(inspection=inspection, text=item).first(),
            "grade": grade,
            "text": f"{item}：{text}",
            "advice": advice,
            "responsible": inspection.engineer if ours else None,
            "responsible_name": "" if ours or contact is None else contact.name,
            "due_on": day + timedelta(days=7 if grade == Grade.SERIOUS else 21),
        },
        by=inspection.engineer,
        at=story.at(day, 4 if day == story.today else 11),
    )


def drawn(story: Story) -> "ContentFile[bytes]":
    """A scribble that nobody could read either."""
    picture = Image.new("RGBA", (600, 180), (0, 0, 0, 0))
    bend, lean = story.dice.uniform(2.2, 3.6), story.dice.uniform(8, 20)
    points = [
        (60 + 470 * t, 95 + 42 * math.sin(bend * 6 * t) * (1 - 0.55 * t) + lean * math.cos(17 * t) - 18 * t)
        for t in (n / 240 for n in range(241))
    ]
    ImageDraw.Draw(picture).line(points, fill=(16, 32, 74, 255), width=5, joint="curve")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return ContentFile(data.getvalue(), name="signature.png")


def _sign(story: Story, inspection: Inspection, day: date) -> None:
    """The newest few have their signatures; a demo that made a PDF for each would take minutes to load."""
    contract, engineer = inspection.action.contract, inspection.engineer
    if story.signed >= SIGNED or day < story.today - timedelta(days=14) or contract.contact is None:
        return
    story.signed += 1
    assert engineer
    at = story.at(day, 5 if day == story.today else 15)
    signatures = signing.Signatures(contract.contact.name, customer=drawn(story), engineer=drawn(story))
    made = signing.number(inspection=inspection, by=engineer, at=at, on=day)
    name, data = as_signed(inspection.pk, signatures, day)
    signing.sign_inspection(report=made, signatures=signatures, name=name, data=data, by=engineer, at=at)
