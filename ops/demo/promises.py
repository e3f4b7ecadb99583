"""The demo's other promises: trainings held, consents asked for, customers who answered, damages decided."""

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db.models import Count

from base.chatter.operations import change
from base.company.queries import today
from contracts.models import Contract
from ops.demo.people import Story
from service import watch
from service.choices import PenaltyStatus, SurveyStatus
from service.models import Delivery, Penalty, Survey
from service.promises import commitments, consents, penalties, reports, sessions, surveys

#: A page that is a PDF and nothing else: what a scanned sheet of attendance is to the product.
_SCAN = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_WORDS = {
    5: ("响应及时，工程师专业。", "非常好，谢谢！", ""),
    4: ("总体满意。", "", "希望巡检提前通知。"),
    3: ("一般。", "解决时间可以再快一些。"),
    2: ("问题反复出现，不满意。",),
}


def begin(story: Story) -> None:
    """Some contracts have their promises written down, and trainings and documents from the time of their delivery."""
    at = story.at(story.today - timedelta(days=139))
    on = today(at)
    manager, engineer = story.people["director"], story.people["engineer"]
    covered = Contract.objects.filter(terms__first_day__lte=on, terms__last_day__gte=on, go_live_on__isnull=False)
    chosen = list(covered.order_by("number").distinct()[:24]) or list(Contract.objects.order_by("number")[:24])
    for n, contract in enumerate(chosen):
        if not contract.project_manager:
            change(contract, {"project_manager": story.dice.choice(("张磊", "何敏", "刘洋"))}, by=None, at=at)
        commitments.write_commitments(contract=contract, by=manager, at=at)
        live = contract.go_live_on or contract.signed_on
        for kind, title, start, days, proven in (
            ("training", "系统管理员培训", -20, 2, True),
            ("training", "业务用户培训", -10, 3, n % 5 != 0),
            ("development", "核心模块驻点开发", -90, 20, True),
            ("presence", "上线保障驻场", 0, 6 if n % 4 else 3, True),
            ("documents", "技术与业务文档移交", 5, 1, True),
        ):
            first = live + timedelta(days=start)
            values = {
                "contract": contract, "kind": kind, "title": title, "first_day": first, "by": engineer,
                "last_day": first + timedelta(days=days - 1), "people": 12 if kind == "training" else None,
                "audience": "administrators" if "管理员" in title else "users" if kind == "training" else "",
                "file": ContentFile(_SCAN, name="签到表.pdf") if proven else None,
            }  # fmt: skip
            commitments.save_delivery(delivery=Delivery(), values=values, by=engineer, at=at, on=on)


def answers(story: Story, day: date) -> None:
    """What customers answered since the last day told, and what the managers decided."""
    at = story.at(day, 15)
    waiting = Survey.objects.filter(status=SurveyStatus.ASKED, asked_at__lt=story.at(day, 0), expires_on__gte=day)
    for survey in waiting.select_related("contract"):
        if story.dice.random() > 0.35:
            continue
        score = story.dice.choice((*[5] * 10, *[4] * 8, 3, 2))
        contact = survey.contact.name if survey.contact else ""
        surveys.answer_survey(
            survey=survey, score=score, comment=story.dice.choice(_WORDS[score]), name=contact, by=None, at=at
        )
    for penalty in Penalty.objects.filter(
        status=PenaltyStatus.PROPOSED, on__lt=story.today - timedelta(days=14)
    ).select_related("contract__manager"):
        manager = penalty.contract.manager or story.people["director"]
        luck = story.dice.random()
        if luck < 0.3:
            penalties.grant_penalty(penalty=penalty, by=manager, at=at)
        elif luck < 0.6:
            penalties.waive_penalty(penalty=penalty, reason="客户同意顺延", by=manager, at=at)
    watch.pass_day(story.at(day, 20))


def end(story: Story) -> None:
    """Questions that are open today, and a report for a talk about renewal."""
    at, engineer = story.at(story.today, 5), story.people["engineer"]
    mine = Contract.objects.filter(commitments__isnull=False, contact__isnull=False, status="active")
    busiest = mine.annotate(calls=Count("requests", distinct=True)).order_by("-calls", "number")
    first, second, third, fourth = busiest[:4]
    starts = at - timedelta(hours=1)
    for contract, agreed in ((first, True), (second, False)):
        access = consents.ask_access(
            contract=contract, system=contract.project, purpose="重建检索索引并核对数据", engineer=engineer,
            starts_at=starts, ends_at=starts + timedelta(days=1), by=engineer, at=at,
        )  # fmt: skip
        if agreed:
            consents.agree_to_consent(
                consent=access, name=contract.contact.name if contract.contact else "—", by=None, at=at
            )
            sessions.start_session(access=access, by=engineer, at=at)
            sessions.end_session(
                access=access, done="索引重建完成，抽查 200 条数据一致。", by=engineer, at=at + timedelta(minutes=40)
            )
    director = story.people["director"]
    for contract, agreed in ((third, False), (fourth, True)):
        asked = consents.ask_manager_change(
            contract=contract, incoming="赵启明", reason="原项目经理工作调动", qualification="PMP，八年政务项目管理经验",
            effective_on=story.today, by=director, at=at,
        )  # fmt: skip
        if agreed:
            consents.agree_to_consent(
                consent=asked, name=contract.contact.name if contract.contact else "—", by=None, at=at
            )
    for contract in (first, second):
        term = contract.terms.filter(first_day__lte=story.today).order_by("-first_day").first()
        reports.make_report(
            contract=contract, first_day=term.first_day if term else contract.signed_on, last_day=story.today,
            summary="感谢贵方一年来的信任与配合。现将本维保年度的服务履约情况报告如下。", with_quote=contract == first,
            by=director, at=at, on=story.today,
        )  # fmt: skip
