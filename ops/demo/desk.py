"""The demo's service desk: calls that came in, most of them long solved, some still open today."""

from datetime import date, datetime, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.db.models import Q
from moneyed import Money
from PIL import Image, ImageDraw

from base.accounts.models import User
from contracts.models import Contract
from ops.demo.people import Story
from service import operations, prices
from service.complaints import is_kept_from
from service.enums import VisitKind
from service.models import PriceLine, ServiceRequest, Visit, VisitPart
from service.visits import operations as visits
from service.visits import signing

_TROUBLE = (
    ("critical", "系统无法登录，全部用户受影响", "认证服务内存不足，已扩容并重启。"),
    ("critical", "数据库连接中断", "存储链路故障，已切换备用链路。"),
    ("serious", "报表导出超时", "优化查询并增加索引，导出恢复正常。"),
    ("serious", "移动端无法上传附件", "更新网关证书后恢复。"),
    ("general", "首页统计数字与明细不一致", "修正统计口径，已随补丁发布。"),
    ("general", "打印模板错位", "已更新打印模板。"),
    ("question", "如何为新部门设置审批流程", "已电话指导并发送操作手册。"),
    ("complaint", "上次巡检未提前通知", "已致歉并调整通知流程。"),
)


#: Minutes after which a call is answered; one in twelve too late.
_ANSWERED_AFTER = (5, 5, 8, 10, 12, 15, 18, 20, 22, 25, 28, 45)


def calls(story: Story, day: date) -> None:
    """What came in on a day, told to its end unless it is of the last days."""
    covered = Contract.objects.filter(terms__first_day__lte=day, terms__last_day__gte=day).order_by("number")
    contracts = list(covered.select_related("customer", "contact", "engineer").distinct())
    for _n in range(story.dice.randint(1, 3) if contracts else 0):
        _call(story, day, story.dice.choice(contracts))
    if day > story.today - timedelta(days=28) and contracts:
        _training(story, day, story.dice.choice(contracts))
    if day == story.today:
        _coming(story, contracts)
        _outside(story)


def _call(story: Story, day: date, contract: Contract) -> None:
    dice, desk = story.dice, story.people["service"]
    kind, title, solution = dice.choice(_TROUBLE)
    # On the last day before the daily run, which is the last thing told.
    hour = dice.randint(1, 4) if day == story.today else dice.randint(8, 17)
    at = story.at(day, hour) + timedelta(minutes=dice.randint(0, 59))
    values = {
        "request_class": kind, "title": title, "system": contract.project, "assignee": contract.engineer,
        "caller": contract.contact.name if contract.contact else "", "contact": contract.contact,
    }  # fmt: skip
    request = operations.take_request(contract=contract, values=values, reported_at=at, by=desk, at=at)
    at += timedelta(minutes=dice.choice(_ANSWERED_AFTER))
    if day == story.today and dice.random() < 0.5:
        return
    operations.answer_request(request=request, text="已收到，正在排查。", by=contract.engineer or desk, at=at)
    if request.arrive_by and contract.engineer and day < story.today:
        at += timedelta(minutes=dice.randint(60, 300))
        _go(story, request, at, solution)
    if day >= story.today - timedelta(days=2):
        _leave_open(story, request)
        return
    at += timedelta(minutes=dice.randint(30, 600))
    operations.resolve_request(request=request, solution=solution, by=contract.engineer or desk, at=at)
    if dice.random() < 0.9:
        operations.close_request(request=request, by=desk, at=at + timedelta(hours=20))


def follow_up(story: Story, day: date) -> None:
    """What came in on a day without a call, from the surveys and from findings, is answered and mostly solved."""
    dice = story.dice
    came = ServiceRequest.objects.filter(status="new", reported_at__gte=story.at(day, 0))
    uncalled = Q(findings__isnull=False) | Q(complained_in__isnull=False)
    for request in came.filter(uncalled).select_related("assignee").distinct():
        at = request.reported_at + timedelta(minutes=dice.choice(_ANSWERED_AFTER))
        desk = story.people["director" if is_kept_from(request, story.people["service"]) else "service"]
        operations.answer_request(request=request, text="已收到，我们正在安排处理。", by=desk, at=at)
        if day == story.today:
            continue
        if request.arrive_by and request.assignee:
            at += timedelta(minutes=dice.randint(60, 240))
            operations.record_arrival(request=request, arrived_at=at, by=request.assignee, at=at)
        if day < story.today - timedelta(days=2) and dice.random() < 0.9:
            at += timedelta(minutes=dice.randint(30, 150))
            operations.resolve_request(
                request=request, solution="已现场处理并向客户说明。", by=request.assignee or desk, at=at
            )
            operations.close_request(request=request, by=desk, at=at)


def _leave_open(story: Story, request: ServiceRequest) -> None:
    if story.dice.random() < 0.3:
        at = story.at(story.today, 5) + timedelta(minutes=30)
        operations.pause_request(
            request=request, reason="请提供出错时间段的系统日志。", by=story.people["service"], at=at
        )


def _go(story: Story, request: ServiceRequest, at: datetime, work: str) -> None:
    """An engineer drives there, and may change a part; of every third visit the record is signed on the spot."""
    engineer, desk = request.assignee, story.people["service"]
    if engineer is None or _is_busy(engineer, at, at + timedelta(hours=2)):
        operations.record_arrival(request=request, arrived_at=at, by=desk, at=at)
        return
    when = {"planned_at": at, "planned_until": at + timedelta(hours=2), "engineer": engineer}
    visit = visits.plan_visit(request=request, values=when, by=desk, at=at - timedelta(minutes=30))
    visits.arrive_at_visit(visit=visit, arrived_at=at, by=engineer, at=at)
    if request.request_class == "critical":
        _change_memory(visit, engineer, at)
    _finish(visit, at + timedelta(minutes=90), f"{request.title}，现场复现并定位。", work, is_signed=visit.pk % 3 == 0)


def _change_memory(visit: Visit, engineer: User, at: datetime) -> None:
    part = {"name": "服务器内存", "model": "DDR4 32GB", "old_serial": f"M{visit.pk:06d}", "new_serial": f"N{visit.pk:06d}",
            "quantity": 2, "cost": Money("1280.00", "CNY"), "charged": False}  # fmt: skip
    visits.save_visit_part(part=VisitPart(visit=visit), values=part, by=engineer, at=at)


def _is_busy(engineer: User, start: datetime, end: datetime) -> bool:
    return Visit.objects.filter(engineer=engineer, planned_at__lt=end, planned_until__gt=start).exists()


def _finish(visit: Visit, at: datetime, cause: str, work: str, *, is_signed: bool) -> None:
    fee = None if visit.covered else Money("1200.00", "CNY")
    values = {"cause": cause, "work": work, "next_steps": "一周后回访，观察运行情况。", "fee": fee}
    visits.leave_visit(visit=visit, left_at=at, values=values, signature=_hand(visit.pk), by=visit.engineer, at=at)
    if is_signed:
        signing.sign_visit(
            visit=visit, signer=visit.contact_name or "王工", signed_on=at.date(), satisfaction=5,
            signature=_hand(visit.pk + 7), by=visit.engineer, at=at,
        )  # fmt: skip


def _training(story: Story, day: date, contract: Contract) -> None:
    """Some weeks an engineer trains a customer's people; the record comes back signed, or is still waited for."""
    engineer, at = contract.engineer, story.at(day, 14)
    if engineer is None or day == story.today or _is_busy(engineer, at, at + timedelta(hours=3)):
        return
    values = {
        "kind": VisitKind.TRAINING, "title": "系统管理员操作培训", "planned_at": at, "planned_until": at + timedelta(hours=3),
        "engineer": engineer,
    }  # fmt: skip
    visit = visits.plan_visit(contract=contract, values=values, by=story.people["service"], at=at - timedelta(days=2))
    visits.arrive_at_visit(visit=visit, arrived_at=at, by=engineer, at=at)
    _finish(visit, at + timedelta(hours=3), "", "完成系统管理员培训，参训 12 人，考核全部通过。", is_signed=False)


def _coming(story: Story, contracts: list[Contract]) -> None:
    """Today's and the coming days' visits of both engineers."""
    kinds = (
        (VisitKind.FAULT, "存储告警排查"),
        (VisitKind.UPGRADE, "版本升级 V3.2"),
        (VisitKind.INSTALLATION, "新增节点安装"),
    )
    for engineer in (story.people["engineer"], story.people["engineer2"]):
        for days, hour, (kind, title) in zip((0, 0, 1, 3), (9, 15, 9, 13), (*kinds, kinds[0]), strict=True):
            at = story.at(story.today + timedelta(days=days), hour, ahead=True)
            values = {
                "kind": kind, "title": title, "planned_at": at, "planned_until": at + timedelta(hours=2), "engineer": engineer,
            }  # fmt: skip
            if not _is_busy(engineer, at, at + timedelta(hours=2)):
                visits.plan_visit(
                    contract=story.dice.choice(contracts),
                    values=values,
                    by=story.people["service"],
                    at=story.at(story.today, 5),
                )


def _outside(story: Story) -> None:
    """A call from somebody whose coverage has ended: a price is offered, and agreed for one part of it."""
    ended = Contract.objects.filter(terms__last_day__lt=story.today).exclude(terms__last_day__gte=story.today)
    contract = ended.select_related("customer", "contact", "engineer").order_by("number").first()
    if contract is None:
        return
    at, desk = story.at(story.today, 5), story.people["service"]
    values = {
        "request_class": "serious",
        "title": "数据库无法备份",
        "system": contract.project,
        "assignee": contract.engineer,
    }
    request = operations.take_request(contract=contract, values=values, reported_at=at, by=desk, at=at)
    operations.answer_request(
        request=request, text="贵方维保已到期，我们先报价，确认后安排处理。", by=desk, at=at + timedelta(minutes=10)
    )
    said = contract.contact.name if contract.contact else "张工"
    for text, amount, agreed in (("上门排查（两人天）", "3200.00", said), ("更换备份磁带机", "8600.00", "")):
        line = {"text": text, "amount": Money(amount, contract.amount.currency), "agreed_by": agreed,
                "agreed_on": story.today if agreed else None}  # fmt: skip
        prices.save_price(line=PriceLine(request=request), values=line, by=desk, at=at)


def _hand(seed: int) -> "ContentFile[bytes]":
    """A scribble that looks like somebody's name from a distance."""
    picture = Image.new("RGBA", (360, 120))
    points = [(20 + 8 * n, 60 + ((seed * 37 + n * n * 13 + n * 29) % 71) - 35) for n in range(40)]
    ImageDraw.Draw(picture).line(points, fill="#10204a", width=4, joint="curve")
    out = BytesIO()
    picture.save(out, "PNG")
    return ContentFile(out.getvalue(), name="signature.png")
