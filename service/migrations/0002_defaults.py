"""What every installation starts with, and may change: promised times, check lists, promises, the clause on being late.

The defaults stand here as they were, so that what history writes never changes with the program.
"""

from datetime import date
from decimal import Decimal

from django.db import migrations

#: phase, class, leg, unit, amount
TIMES = [
    ('trial', 'minor', 'response', 'clock', 60),
    ('trial', 'minor', 'resolution', 'days', 1),
    ('trial', 'general', 'response', 'clock', 30),
    ('trial', 'general', 'arrival', 'clock', 60),
    ('trial', 'general', 'resolution', 'clock', 360),
    ('trial', 'serious', 'response', 'clock', 15),
    ('trial', 'serious', 'arrival', 'clock', 30),
    ('trial', 'serious', 'resolution', 'clock', 720),
    ('maintenance', 'critical', 'response', 'clock', 30),
    ('maintenance', 'critical', 'arrival', 'clock', 360),
    ('maintenance', 'critical', 'resolution', 'days', 1),
    ('maintenance', 'serious', 'response', 'clock', 30),
    ('maintenance', 'serious', 'arrival', 'clock', 480),
    ('maintenance', 'serious', 'resolution', 'days', 2),
    ('maintenance', 'general', 'response', 'clock', 30),
    ('maintenance', 'general', 'resolution', 'days', 3),
    ('trial', 'question', 'response', 'clock', 1440),
    ('trial', 'complaint', 'response', 'clock', 1440),
    ('maintenance', 'question', 'response', 'clock', 1440),
    ('maintenance', 'complaint', 'response', 'clock', 1440),
]  # fmt: skip

#: text, text_en, method, method_en, unit
ITEM_FIELDS = ('text', 'text_en', 'method', 'method_en', 'unit')
#: area, name, the same in English, items
LISTS = [
    ('environment', '机房环境巡检', 'Machine room', [
        ('机房温度', 'Room temperature', '20–25 ℃', '20–25 ℃', '℃'),
        ('机房相对湿度', 'Relative humidity', '40 %–60 %', '40 %–60 %', '%'),
        ('UPS 负载率', 'UPS load', '不高于 70 %', 'at most 70 %', '%'),
        ('UPS 电池后备时间', 'UPS battery time', '不少于 30 分钟', 'at least 30 minutes', 'min'),
        ('精密空调运行状态', 'Air conditioning', '运行正常，无告警、无漏水', 'running, no alarm, no leak', ''),
        ('消防设施与烟感', 'Fire protection and smoke detectors', '在有效期内，压力指针在绿区', 'in date, gauge in the green', ''),
        ('供配电与接地', 'Power distribution and earthing', '双路供电正常，无发热、异味', 'both feeds on, no heat or smell', ''),
        ('门禁与视频监控', 'Access control and cameras', '出入记录完整，录像可回放', 'log complete, recordings play', ''),
        ('机房卫生与线缆标识', 'Tidiness and cable labels', '无杂物，标识清晰', 'nothing lying about, labels legible', ''),
    ]),
    ('server', '服务器巡检', 'Servers', [
        ('硬件指示灯', 'Hardware lamps', '无黄灯、红灯', 'none amber or red', ''),
        ('CPU 平均使用率', 'CPU use, average', '不高于 70 %', 'at most 70 %', '%'),
        ('内存使用率', 'Memory use', '不高于 80 %', 'at most 80 %', '%'),
        ('磁盘空间余量', 'Free disk space', '不低于 20 %', 'at least 20 %', '%'),
        ('磁盘阵列状态', 'Disk arrays', '在线，无降级、无坏盘', 'online, not degraded, no failed disk', ''),
        ('电源与风扇冗余', 'Power supplies and fans', '冗余正常', 'redundant', ''),
        ('系统时间同步', 'Clock', '与时钟源偏差小于 1 秒', 'within 1 second of its source', 's'),
        ('虚拟化平台告警', 'Virtualisation alarms', '无未处理告警', 'none left open', ''),
    ]),
    ('network', '网络巡检', 'Network', [
        ('核心交换机 CPU 使用率', 'Core switch, CPU use', '不高于 60 %', 'at most 60 %', '%'),
        ('核心交换机内存使用率', 'Core switch, memory use', '不高于 70 %', 'at most 70 %', '%'),
        ('端口状态与错包', 'Ports and errors', '无异常关闭，错包无增长', 'none down, errors not growing', ''),
        ('互联网出口带宽占用', 'Internet link use', '峰值不高于 80 %', 'peak at most 80 %', '%'),
        ('链路丢包率', 'Packet loss', '不高于 0.1 %', 'at most 0.1 %', '%'),
        ('设备日志与告警', 'Device logs and alarms', '无未处理告警', 'none left open', ''),
        ('配置备份', 'Configuration backup', '近 30 天内有备份', 'made within 30 days', ''),
        ('设备软件版本', 'Firmware', '为厂商支持版本', 'supported by the maker', ''),
    ]),
    ('platform', '操作系统与数据库巡检', 'Operating systems, middleware and databases', [
        ('操作系统关键服务', 'Operating system services', '自动启动且运行中', 'started by themselves and running', ''),
        ('系统日志错误', 'System log errors', '近 30 天无严重错误', 'none severe within 30 days', ''),
        ('中间件运行状态', 'Middleware', '实例在线，线程池无堵塞', 'instances up, pools not blocked', ''),
        ('数据库表空间使用率', 'Table space use', '不高于 80 %', 'at most 80 %', '%'),
        ('数据库连接数', 'Database connections', '不高于上限的 70 %', 'at most 70 % of the limit', '%'),
        ('慢 SQL', 'Slow queries', '单条不超过 3 秒', 'none over 3 seconds', 's'),
        ('数据库告警日志', 'Database alert log', '无 ORA-/ERROR 级错误', 'no error of level ORA- or ERROR', ''),
        ('主备同步状态', 'Replication', '延迟不超过 60 秒', 'at most 60 seconds behind', 's'),
    ]),
    ('application', '应用系统巡检', 'Applications', [
        ('应用服务状态', 'Application services', '全部在线，可正常登录', 'all up, log-in works', ''),
        ('首页响应时间', 'Response time of the start page', '不高于 3 秒', 'at most 3 seconds', 's'),
        ('对外接口调用', 'Interfaces', '成功率不低于 99 %', 'at least 99 % succeed', '%'),
        ('定时任务执行', 'Scheduled jobs', '近 7 天全部成功', 'all succeeded within 7 days', ''),
        ('应用错误日志', 'Application error log', '无新增异常', 'no new exceptions', ''),
        ('证书与授权有效期', 'Certificates and licences', '剩余不少于 30 天', 'at least 30 days left', ''),
    ]),
    ('backup', '备份巡检', 'Backup', [
        ('最近一次数据库备份', 'Latest database backup', '24 小时内成功', 'succeeded within 24 hours', ''),
        ('最近一次文件备份', 'Latest file backup', '7 天内成功', 'succeeded within 7 days', ''),
        ('异地或离线副本', 'Copy elsewhere or offline', '存在且可读', 'there, and readable', ''),
        ('恢复验证', 'Restore test', '近 6 个月内验证成功', 'succeeded within 6 months', ''),
        ('备份介质余量', 'Free space for backups', '不低于 20 %', 'at least 20 %', '%'),
    ]),
    ('security', '安全巡检', 'Security', [
        ('高危漏洞', 'Critical vulnerabilities', '无未修复高危漏洞', 'none left open', ''),
        ('系统补丁', 'Patches', '近 90 天内已更新', 'applied within 90 days', ''),
        ('防病毒软件', 'Virus protection', '病毒库 7 天内更新', 'signatures at most 7 days old', ''),
        ('账号与弱口令', 'Accounts and weak passwords', '无多余账号、无弱口令', 'no idle account, no weak password', ''),
        ('防火墙与访问策略', 'Firewall and access rules', '最小授权，无任意放行策略', 'least privilege, nothing open to all', ''),
        ('日志留存时间', 'Log retention', '不少于 6 个月', 'at least 6 months', ''),
        ('入侵检测告警', 'Intrusion alarms', '无未处理告警', 'none left open', ''),
    ]),
]  # fmt: skip

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


def seed_times(apps, schema_editor):
    policy = apps.get_model("service", "SlaPolicy").objects.create(name="服务承诺", is_default=True)
    version = apps.get_model("service", "SlaVersion").objects.create(
        policy=policy, number=1, valid_from=date(2000, 1, 1)
    )
    target = apps.get_model("service", "SlaTarget")
    target.objects.bulk_create(
        target(version=version, phase=phase, request_class=request_class, leg=leg, unit=unit, amount=amount)
        for phase, request_class, leg, unit, amount in TIMES
    )


def seed_lists(apps, schema_editor):
    check_list = apps.get_model("service", "CheckList")
    item = apps.get_model("service", "CheckItem")
    for place, (area, name, english, lines) in enumerate(LISTS, 1):
        made = check_list.objects.create(area=area, name=name, name_en=english, is_default=True, place=place * 10)
        item.objects.bulk_create(
            item(checklist=made, place=number, **dict(zip(ITEM_FIELDS, line))) for number, line in enumerate(lines, 1)
        )


def seed_promises(apps, schema_editor):
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
    dependencies = [("service", "0001_house")]
    operations = [
        migrations.RunPython(seed_times, migrations.RunPython.noop),
        migrations.RunPython(seed_lists, migrations.RunPython.noop),
        migrations.RunPython(seed_promises, migrations.RunPython.noop),
    ]
