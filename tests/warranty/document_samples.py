"""A filled acceptance certificate; tests change what they are about."""

from datetime import date
from typing import Any

from tests.renewals.document_samples import cny, letter
from warranty.documents.data import AcceptanceCertificatePaper, PanelMember


def acceptance_certificate(**changes: Any) -> AcceptanceCertificatePaper:
    values: dict[str, Any] = letter(
        number="YS-202503-001",
        contract_amount=cny("1200000.00"),
        supervisor="某某工程监理有限公司",
        signed_on=date(2024, 5, 8),
        go_live_on=date(2024, 11, 1),
        preliminary_on=date(2024, 12, 20),
        final_on=date(2025, 3, 15),
        grounds=["合同及其技术附件", "初验报告及试运行报告", "第三方测评报告"],
        scope=[("统一受理平台", "已完成，运行正常"), ("电子证照系统", "已完成，运行正常"), ("数据共享交换", "已完成")],
        deliverables=["系统部署手册", "用户操作手册", "源代码及数据库设计文档"],
        first_day=date(2025, 3, 15),
        last_day=date(2026, 3, 15),
        months=12,
        inspections_per_year=2,
        panel=[PanelMember("王珺璟", "某某市大数据管理局", "处长"), PanelMember("李昇", "某某监理有限公司", "总监")],
    )
    return AcceptanceCertificatePaper(**{**values, **changes})
