from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger import columns
from contracts.ledger.columns import FIELDS, PLAIN, Unit, column_unit, guess_mapping, header_key, known_field

TEN_THOUSAND = Unit(Decimal(10000))


NAMES = {
    "number": "合同编号|合同号|合同编码|编号|原建设合同号|项目编号|Contract No.|contract number|销售合同编号",
    "project": "项目名称|合同名称|系统名称/版本|工程名称|Project|Project name",
    "customer": "客户|客户名称|客户单位|客户全称|甲方|甲方单位|建设单位|采购单位|业主|Customer|建设单位名称（甲方）",
    "credit_code": "统一社会信用代码|税号|纳税人识别号|Tax ID",
    "amount": "金额|合同额|合同金额(元)|合同总价|建设合同额|成交金额|合同成交金额（万元）|Amount|合同总额（含税）",
    "currency": "币种|Currency",
    "signed_on": "签订日期|签约时间|签订日|合同签订时间|签署日期|Signed on|Date signed|维保合同签订日期",
    "final_acceptance_on": "终验日期|终验时间|终验日|验收日期|项目验收日期|竣工验收日|Final acceptance|项目终验通过日",
    "go_live_on": "上线日期|系统上线时间|Go-live|Go live date",
    "preliminary_on": "初验日期|初验日|初步验收时间|Preliminary acceptance",
    "free_months": "免费维保期|免费质保期|免费维保(月)|质保期|质保年限|Free months|Warranty (months)|系统质保期限",
    "renewal_rate": "续保比例|续保费率|费率%|维保费率|Renewal rate|年维保费用占比",
    "inspections_per_year": "巡检次数/年|巡检频次|巡检次数|Inspections per year|Inspections/year|合同约定巡检次数",
    "covered_until": "维保到期日|到期日|维保止|维保到期时间|Covered until|Expiry date|本期维保截止日",
    "annual_fee": "年维保费(元)|维保金额|本期费用|Annual fee|年度维保服务费用",
    "manager": "客户经理|销售经理|业务经理|负责客户经理|合同负责人(团队)|Account manager",
    "project_manager": "项目经理|项目负责人|Project manager|PM",
    "contact": "客户联系人|甲方联系人|联系人|Contact",
    "phone": "联系电话|电话|手机号码|Phone|联系方式|联系人/电话",
    "email": "邮箱|E-mail|电子邮箱|Email address",
    "note": "备注|说明|Remarks",
    "state": "合同状态|状态|Contract status",
    "same_day": "终验当日计入|验收日计入|Acceptance day counts",
}
OTHERS = """序号|No.|质保金额|质保金比例|质保金到期日|授权(license)到期时间|已巡检次数
|不含税金额|合同金额（不含税）|税率|维保起|开票日期
|首次报价金额|履约保函到期|服务等级|计划终验日期|终验日期（预计）|是否终验|应收余额|已回款|下一步|续签进展|Network"""


@pytest.mark.parametrize(("field", "header"), [(field, name) for field in NAMES for name in NAMES[field].split("|")])
def test_usual_names(field, header):
    assert guess_mapping([header], {}) == {0: field}


def test_every_field_has_usual_names():
    assert set(NAMES) == set(FIELDS)


@pytest.mark.parametrize("header", OTHERS.replace("\n", "").split("|"))
def test_names_of_other_things(header):
    assert known_field(header) is None


def test_every_name_means_one_field_and_is_its_own_key():
    names = [name for names in columns._NAMES.values() for name in names.split()]
    assert len(names) == len(set(names))
    assert [name for name in names if header_key(name) != name] == []


@pytest.mark.parametrize(
    "header",
    ["合同编号", " 合同 编号\n", "合同\n编号", "合同编号：", "*合同编号", "★合同编号（必填）", "【必填】合同编号"],
)
def test_headers_are_matched_without_their_decoration(header):
    assert guess_mapping([header], {}) == {0: "number"}


def test_full_width_and_capitals():
    assert guess_mapping(["Ｃｏｎｔｒａｃｔ　Ｎｏ．", "E-MAIL"], {}) == {0: "number", 1: "email"}


def test_the_most_usual_of_several_names_wins_then_the_leftmost():
    assert guess_mapping(["编号", "合同编号", "维保合同号"], {}) == {1: "number"}
    assert guess_mapping(["合同金额（元）", "合同金额（万元）"], {}) == {0: "amount"}
    assert guess_mapping(["项目经理", "客户经理", "负责人"], {}) == {0: "project_manager", 1: "manager"}


def test_the_users_own_choices_win():
    headers = ["档案号", "合同编号", "甲方", "经手", None, 3, ""]
    assert guess_mapping(headers, {}) == {1: "number", 2: "customer"}
    assert guess_mapping(headers, {"档案 号": "number", "经手": "manager"}) == {
        0: "number",
        2: "customer",
        3: "manager",
    }
    assert guess_mapping(headers, {"合同编号": "", "甲方": "gone"}) == {}


@pytest.mark.parametrize(
    ("field", "header", "unit"),
    [
        ("amount", "合同金额", None), ("amount", "合同金额(元)", PLAIN), ("amount", "合同金额（万元）", TEN_THOUSAND),
        ("amount", "合同金额\n（单位：万元）", TEN_THOUSAND), ("amount", "合同金额/万元", TEN_THOUSAND),
        ("amount", "合同额万元", TEN_THOUSAND), ("amount", "合同金额（含税）（万元）", TEN_THOUSAND),
        ("amount", "金额（亿元）", Unit(Decimal(10**8))), ("amount", "金额（万美元）", Unit(Decimal(10000), "USD")),
        ("amount", "Amount (USD)", Unit(Decimal(1), "USD")), ("amount", "金额（含税）", None),
        ("annual_fee", "年维保费(万)", TEN_THOUSAND), ("free_months", "免费维保", None),
        ("free_months", "免费维保(月)", PLAIN),
        ("free_months", "质保期（年）", Unit(Decimal(12))), ("free_months", "质保年限", Unit(Decimal(12))),
        ("free_months", "Warranty (years)", Unit(Decimal(12))), ("free_months", "Free months", PLAIN),
        ("inspections_per_year", "巡检频次（次/季度）", Unit(Decimal(4))),
        ("inspections_per_year", "巡检次数/年", None),
        ("note", "说明（万元）", None),
    ],
)  # fmt: skip
def test_units_in_headers(field, header, unit):
    assert column_unit(field, header) == unit
    assert known_field(header)[0] == field


@given(st.text())
def test_no_header_breaks_the_matching(header):
    mapping = guess_mapping([header, "合同编号"], {})
    assert "number" in mapping.values()
    assert set(mapping.values()) <= set(FIELDS)
    for field in FIELDS:
        column_unit(field, header)
