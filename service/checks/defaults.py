"""The check lists that come with the installation: what docs/documents.md 8 (巡检报告) wants to see, area by area."""

from typing import NamedTuple


class Item(NamedTuple):
    """One line, Chinese and English, with its method or normal value, and the unit of what is measured."""

    text: str
    text_en: str
    method: str
    method_en: str
    unit: str = ""


class DefaultList(NamedTuple):
    area: str
    name: str
    name_en: str
    items: tuple[Item, ...]


DEFAULT_LISTS = (
    DefaultList(
        "environment",
        "机房环境巡检",
        "Machine room",
        (
            Item("机房温度", "Room temperature", "20–25 ℃", "20–25 ℃", "℃"),
            Item("机房相对湿度", "Relative humidity", "40 %–60 %", "40 %–60 %", "%"),
            Item("UPS 负载率", "UPS load", "不高于 70 %", "at most 70 %", "%"),
            Item("UPS 电池后备时间", "UPS battery time", "不少于 30 分钟", "at least 30 minutes", "min"),
            Item("精密空调运行状态", "Air conditioning", "运行正常，无告警、无漏水", "running, no alarm, no leak"),
            Item("消防设施与烟感", "Fire protection and smoke detectors", "在有效期内，压力指针在绿区", "in date, gauge in the green"),
            Item("供配电与接地", "Power distribution and earthing", "双路供电正常，无发热、异味", "both feeds on, no heat or smell"),
            Item("门禁与视频监控", "Access control and cameras", "出入记录完整，录像可回放", "log complete, recordings play"),
            Item("机房卫生与线缆标识", "Tidiness and cable labels", "无杂物，标识清晰", "nothing lying about, labels legible"),
        ),
    ),
    DefaultList(
        "server",
        "服务器巡检",
        "Servers",
        (
            Item("硬件指示灯", "Hardware lamps", "无黄灯、红灯", "none amber or red"),
            Item("CPU 平均使用率", "CPU use, average", "不高于 70 %", "at most 70 %", "%"),
            Item("内存使用率", "Memory use", "不高于 80 %", "at most 80 %", "%"),
            Item("磁盘空间余量", "Free disk space", "不低于 20 %", "at least 20 %", "%"),
            Item("磁盘阵列状态", "Disk arrays", "在线，无降级、无坏盘", "online, not degraded, no failed disk"),
            Item("电源与风扇冗余", "Power supplies and fans", "冗余正常", "redundant"),
            Item("系统时间同步", "Clock", "与时钟源偏差小于 1 秒", "within 1 second of its source", "s"),
            Item("虚拟化平台告警", "Virtualisation alarms", "无未处理告警", "none left open"),
        ),
    ),
    DefaultList(
        "network",
        "网络巡检",
        "Network",
        (
            Item("核心交换机 CPU 使用率", "Core switch, CPU use", "不高于 60 %", "at most 60 %", "%"),
            Item("核心交换机内存使用率", "Core switch, memory use", "不高于 70 %", "at most 70 %", "%"),
            Item("端口状态与错包", "Ports and errors", "无异常关闭，错包无增长", "none down, errors not growing"),
            Item("互联网出口带宽占用", "Internet link use", "峰值不高于 80 %", "peak at most 80 %", "%"),
            Item("链路丢包率", "Packet loss", "不高于 0.1 %", "at most 0.1 %", "%"),
            Item("设备日志与告警", "Device logs and alarms", "无未处理告警", "none left open"),
            Item("配置备份", "Configuration backup", "近 30 天内有备份", "made within 30 days"),
            Item("设备软件版本", "Firmware", "为厂商支持版本", "supported by the maker"),
        ),
    ),
    DefaultList(
        "platform",
        "操作系统与数据库巡检",
        "Operating systems, middleware and databases",
        (
            Item("操作系统关键服务", "Operating system services", "自动启动且运行中", "started by themselves and running"),
            Item("系统日志错误", "System log errors", "近 30 天无严重错误", "none severe within 30 days"),
            Item("中间件运行状态", "Middleware", "实例在线，线程池无堵塞", "instances up, pools not blocked"),
            Item("数据库表空间使用率", "Table space use", "不高于 80 %", "at most 80 %", "%"),
            Item("数据库连接数", "Database connections", "不高于上限的 70 %", "at most 70 % of the limit", "%"),
            Item("慢 SQL", "Slow queries", "单条不超过 3 秒", "none over 3 seconds", "s"),
            Item("数据库告警日志", "Database alert log", "无 ORA-/ERROR 级错误", "no error of level ORA- or ERROR"),
            Item("主备同步状态", "Replication", "延迟不超过 60 秒", "at most 60 seconds behind", "s"),
        ),
    ),
    DefaultList(
        "application",
        "应用系统巡检",
        "Applications",
        (
            Item("应用服务状态", "Application services", "全部在线，可正常登录", "all up, log-in works"),
            Item("首页响应时间", "Response time of the start page", "不高于 3 秒", "at most 3 seconds", "s"),
            Item("对外接口调用", "Interfaces", "成功率不低于 99 %", "at least 99 % succeed", "%"),
            Item("定时任务执行", "Scheduled jobs", "近 7 天全部成功", "all succeeded within 7 days"),
            Item("应用错误日志", "Application error log", "无新增异常", "no new exceptions"),
            Item("证书与授权有效期", "Certificates and licences", "剩余不少于 30 天", "at least 30 days left"),
        ),
    ),
    DefaultList(
        "backup",
        "备份巡检",
        "Backup",
        (
            Item("最近一次数据库备份", "Latest database backup", "24 小时内成功", "succeeded within 24 hours"),
            Item("最近一次文件备份", "Latest file backup", "7 天内成功", "succeeded within 7 days"),
            Item("异地或离线副本", "Copy elsewhere or offline", "存在且可读", "there, and readable"),
            Item("恢复验证", "Restore test", "近 6 个月内验证成功", "succeeded within 6 months"),
            Item("备份介质余量", "Free space for backups", "不低于 20 %", "at least 20 %", "%"),
        ),
    ),
    DefaultList(
        "security",
        "安全巡检",
        "Security",
        (
            Item("高危漏洞", "Critical vulnerabilities", "无未修复高危漏洞", "none left open"),
            Item("系统补丁", "Patches", "近 90 天内已更新", "applied within 90 days"),
            Item("防病毒软件", "Virus protection", "病毒库 7 天内更新", "signatures at most 7 days old"),
            Item("账号与弱口令", "Accounts and weak passwords", "无多余账号、无弱口令", "no idle account, no weak password"),
            Item("防火墙与访问策略", "Firewall and access rules", "最小授权，无任意放行策略", "least privilege, nothing open to all"),
            Item("日志留存时间", "Log retention", "不少于 6 个月", "at least 6 months"),
            Item("入侵检测告警", "Intrusion alarms", "无未处理告警", "none left open"),
        ),
    ),
)  # fmt: skip
