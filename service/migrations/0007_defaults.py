"""The promises of the original commitments that are no times, and the usual clause on being late (china-practice 4.1)."""

from decimal import Decimal

from django.db import migrations

#: kind, what is promised, the same in English, amount, unit, due after, days after, responsible unit
PROMISES = [
    ("training_sessions", "上线前提供不少于两次系统安装、使用培训（用户培训与系统管理员培训）",
     "At least two training sessions before go-live, for users and for administrators", 2, "sessions", "go_live", 0, "项目组"),
    ("training_days", "针对不同角色用户群开展累计不少于一周的专项培训",
     "Training of a week in all, for each group of users", 5, "days", "final_acceptance", 0, "项目组"),
    ("developer", "重点模块开发阶段安排不少于一名软件开发人员驻点开发",
     "A developer on site while key modules are built", 1, "people", "go_live", 0, "研发部"),
    ("documents", "提交完整项目周期的各类技术和业务说明文档",
     "Technical and business documents of the whole project handed over", 1, "documents", "final_acceptance", 0, "项目组"),
    ("go_live_presence", "正式上线运行后一个星期内派驻现场工程师",
     "An engineer on site for the week after go-live", 5, "days", "go_live", 7, "服务部"),
    ("hotline", "免费技术热线，5×8 小时立即响应，7×24 小时紧急响应",
     "Free hotline: at once 5×8, in emergencies 7×24", None, "", "", 0, "服务部"),
    ("in_time", "按故障等级在承诺的时限内响应、到场、解决",
     "Faults answered, visited and solved within the times of their class", None, "", "", 0, "服务部"),
    ("answers", "24 小时内回复咨询和投诉",
     "Questions and complaints answered within 24 hours", None, "", "", 0, "服务部"),
    ("inspections", "每年两次定期巡检，并提出优化建议",
     "Two inspections a year, with advice", None, "", "", 0, "服务部"),
    ("upgrades", "提供软件的免费升级，改进与工作量不大的修改免费",
     "Free upgrades of the software, improvements and small changes", None, "", "", 0, "研发部"),
    ("other", "因弥补软件缺陷要求升级所造成的硬件投资浪费由我方负责",
     "We answer for hardware that is wasted because an upgrade mends our software's faults", None, "", "", 0, "研发部"),
    ("other", "用户统一规划升级系统平台及网络环境时，提供与本系统相关的升级协助",
     "Help with this system when the customer renews its platform and network", None, "", "", 0, "服务部"),
    ("other", "经双方协商，在需求调研、开发、测试阶段提供现场支持",
     "Support on site during analysis, development and test, as agreed", None, "", "", 0, "项目组"),
    ("manager", "未经用户同意不更换项目经理",
     "The project manager is changed only with the customer's consent", None, "", "", 0, "项目组"),
]  # fmt: skip


def seed(apps, schema_editor):
    template = apps.get_model("service", "CommitmentTemplate")
    template.objects.bulk_create(
        template(
            kind=kind, text=text, text_en=english, amount=amount, unit=unit, milestone=milestone, offset_days=days,
            department=department, position=(n + 1) * 10,
        )
        for n, (kind, text, english, amount, unit, milestone, days, department) in enumerate(PROMISES)
    )  # fmt: skip
    # 万分之五 a day of the contract's amount, at most 5 %: what is usual, and only ever proposed.
    apps.get_model("service", "PenaltyRule").objects.create(rate=Decimal("0.0005"), cap_rate=Decimal("0.05"))


class Migration(migrations.Migration):
    dependencies = [("service", "0006_promises_kept")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
