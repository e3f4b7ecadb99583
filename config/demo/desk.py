"""The demo's service desk: calls that came in, most of them long solved, some still open today."""

from datetime import date, timedelta

from config.demo.people import Story
from contracts.models import Contract
from service import operations
from service.models import ServiceRequest

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


def calls(story: Story, day: date) -> None:
    """What came in on a day, told to its end unless it is of the last days."""
    covered = Contract.objects.filter(terms__first_day__lte=day, terms__last_day__gte=day).order_by("number")
    contracts = list(covered.select_related("customer", "contact", "engineer").distinct())
    for _n in range(story.dice.randint(1, 3) if contracts else 0):
        _call(story, day, story.dice.choice(contracts))


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
    request = operations.take(contract=contract, values=values, reported_at=at, by=desk, at=at)
    at += timedelta(minutes=dice.choice((5, 10, 20, 25, 45)))
    if day == story.today and dice.random() < 0.5:
        return
    operations.answer(request=request, text="已收到，正在排查。", by=contract.engineer or desk, at=at)
    if day >= story.today - timedelta(days=2):
        _leave_open(story, request)
        return
    if kind == "critical":
        at += timedelta(minutes=dice.randint(60, 300))
        operations.arrive(request=request, arrived_at=at, by=contract.engineer or desk, at=at)
    at += timedelta(minutes=dice.randint(30, 600))
    operations.resolve(request=request, solution=solution, by=contract.engineer or desk, at=at)
    if dice.random() < 0.9:
        operations.close(request=request, by=desk, at=at + timedelta(hours=20))


def _leave_open(story: Story, request: ServiceRequest) -> None:
    if story.dice.random() < 0.3:
        at = story.at(story.today, 5) + timedelta(minutes=30)
        operations.pause(request=request, reason="请提供出错时间段的系统日志。", by=story.people["service"], at=at)
