"""Which column of a ledger holds what: the usual names, Chinese and English (docs/practice.md 4.3)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from base.lib.text import compact

# Names without white space, brackets and signs, in lower case; the first one found on a sheet wins,
# so that 合同编号 is taken before 编号 when a sheet has both.
_NAMES: Final = {
    "number": """
        合同编号 合同号 合同编码 合同号码 合同代码 原合同编号 原合同号 原建设合同号 原建设合同编号
        建设合同号 建设合同编号 销售合同编号 销售合同号 协议编号 协议号 合同id contractno contractnumber
        contractid contractcode agreementno 编号 项目编号 项目号 项目编码 projectno 客户合同编号
        甲方合同编号 采购合同编号 采购合同号 维保合同编号 维保合同号 订单号 orderno contract""",
    "project": """
        项目名称 项目 项目全称 合同名称 合同项目名称 工程名称 工程项目名称 合同标的 标的 建设内容
        系统名称 系统名称版本 平台名称 涉及系统 系统 产品名称 服务内容 projectname project contractname
        contracttitle title system systemname product name description""",
    "customer": """
        客户名称 客户 客户单位 客户全称 客户单位名称 客户单位全称 甲方 甲方单位 甲方名称 甲方单位名称
        甲方全称 建设单位 建设单位名称 采购单位 采购单位名称 采购人 采购人名称 采购方 业主 业主单位
        业主名称 业主方 委托方 委托单位 买方 需方 购方 购买方 购买单位 发包方 发包人 招标人 招标单位
        使用单位 用户单位 用户名称 用户 最终用户 最终客户 签约客户 签约单位 签约方 客户方 对方单位
        对方名称 往来单位 单位名称 单位全称 单位 customername customer client clientname buyer purchaser
        partya accountname account company companyname enduser organisation organization""",
    "credit_code": """
        统一社会信用代码 社会信用代码 统一信用代码 信用代码 统一代码 统一社会信用代码税号
        统一社会信用代码纳税人识别号 纳税人识别号 纳税识别号 税号 纳税号 客户税号 甲方税号 购方税号
        单位税号 开票税号 组织机构代码 机构代码 creditcode unifiedsocialcreditcode socialcreditcode uscc
        taxid taxno taxnumber taxcode vatno vatnumber tin""",
    "amount": """
        合同金额 合同额 合同总额 合同总价 合同总金额 合同价 合同价款 合同总价款 合同价格 原合同金额
        原合同额 原建设合同额 建设合同额 建设合同金额 合同成交金额 合同含税金额 合同金额含税
        含税合同金额 含税合同额 成交金额 成交价 成交总价 中标金额 中标价 签约金额 签约额 签订金额
        项目合同额 项目合同金额 项目金额 项目总额 项目总价 建设金额 含税金额 含税总价 价税合计 标的额
        合同标的额 总金额 总价款 总价 总额 金额 结算金额 contractamount contractvalue contractprice
        contractsum contracttotal totalcontractvalue totalamount totalprice totalvalue amount value
        price total""",
    "currency": """
        币种 币别 货币 合同币种 结算币种 交易币种 currency contractcurrency currencycode ccy cur""",
    "signed_on": """
        签订日期 签约日期 签署日期 签定日期 合同签订日期 合同签约日期 合同签署日期 合同签定日期 签订时间
        签约时间 签署时间 签定时间 合同签订时间 合同签约时间 合同签署时间 签订日 签约日 签署日
        合同签订日 合同签约日 合同签署日 签字日期 签订年月日 签合同日期 签合同时间 合同日期 合同时间
        合同生效日期 合同生效日 生效日期 signedon signed signingdate dateofsigning datesigned signdate
        signeddate signaturedate contractsignedon contractdate contractsigningdate effectivedate 日期
        date""",
    "final_acceptance_on": """
        终验日期 终验时间 终验日 最终验收日期 最终验收时间 最终验收日 项目终验日期 项目终验时间
        终验通过日期 终验通过时间 终验合格日期 终验完成日期 竣工验收日期 竣工验收时间 竣工验收日
        项目验收日期 项目验收时间 验收日期 验收时间 验收日 验收通过日期 验收合格日期 验收完成日期 终验
        最终验收 竣工验收 验收 竣工日期 finalacceptance finalacceptanceon finalacceptancedate
        dateoffinalacceptance finallyacceptedon fac facdate acceptancedate acceptedon accepted
        dateofacceptance dateaccepted acceptance""",
    "go_live_on": """
        上线日期 上线时间 上线日 系统上线日期 系统上线时间 正式上线日期 正式上线时间 投运日期 投产日期
        投入使用日期 上线试运行日期 试运行日期 试运行开始日期 试运行开始时间 试运行时间 开通日期 上线
        golive goliveon golivedate livedate launchdate launched launchedon wentliveon""",
    "preliminary_on": """
        初验日期 初验时间 初验日 初步验收日期 初步验收时间 项目初验日期 项目初验时间 初验通过日期
        初验合格日期 初验完成日期 初验 初步验收 preliminaryacceptance preliminaryacceptanceon
        preliminaryacceptancedate preliminaryon pac pacdate""",
    "free_months": """
        免费维保期 免费维保 免费维保月 免费维保月数 免费维保期限 免费维保时间 免费维保年限 免费质保期
        免费质保 免费质保期限 免费保修期 免费维护期 免费维护期限 免费运维期 免费服务期 免费服务期限
        免费期 免费期限 免维期 免维保期 质保期 质保期限 质保年限 质保月数 质保时间 质保 质量保证期
        保修期 保修期限 保修年限 维保期限 维保期 维保年限 维护期 维护期限 服务期限 服务期 freemonths
        freeperiod freemaintenance freemaintenancemonths freemaintenanceperiod freewarranty
        warrantymonths warrantyperiod warrantyterm warranty""",
    "renewal_rate": """
        续保比例 续保费率 续保费比例 续费比例 续费费率 续签比例 续签费率 维保费率 维保比例 维保费比例
        维保费用比例 年维保费率 年维保比例 维护费率 维护费比例 运维费率 运维费比例 服务费率 服务费比例
        年费率 年费比例 收费比例 费率 renewalrate renewalpercent renewalpercentage renewalfeerate
        maintenancerate maintenancefeerate annualrate feerate rate""",
    "inspections_per_year": """
        巡检次数年 年巡检次数 每年巡检次数 年度巡检次数 巡检次数 巡检频次 巡检频率 巡检次 巡检次年
        巡检周期 巡检要求 巡检安排 巡检计划 巡检服务 定期巡检 应巡检次数 巡检 inspectionsperyear
        inspectionsyear inspections inspectionfrequency inspection visitsperyear visitsyear visits""",
    "covered_until": """
        维保到期日 维保到期日期 维保到期时间 维保到期 维保止 维保期止 维保期至 维保至 维保截止日期
        维保截止日 维保截止 维保终止日期 维保结束日期 维保结束时间 维保终止日 维保结束日 续保到期日
        续保到期日期 维护到期日 维护到期日期 运维到期日 运维到期日期 服务到期日 服务到期日期
        服务到期时间 服务截止日期 服务止 质保到期日 质保到期日期 质保到期时间 质保截止日期 质保止
        保修到期日 保修到期日期 到期日 到期日期 到期时间 合同到期日 合同到期日期 合同到期时间 有效期至
        截止日期 截止日 终止日期 结束日期 coveredto covereduntil coverageuntil coverageend
        coverageenddate maintenanceend maintenanceenddate maintenanceuntil warrantyend warrantyenddate
        warrantyexpiry warrantyexpirydate expirydate expiry expireson expires validuntil enddate""",
    "annual_fee": """
        年维保费 年维保费用 年度维保费 年度维保费用 每年维保费 维保年费 年维保金额 年维保额 维保金额
        维保费 维保费用 维保价格 维保合同金额 维保合同额 续保金额 续保费用 续保费 续保价 续保价格
        年续保费 续费金额 年维护费 年维护费用 维护费 维护费用 年运维费 运维费 运维费用 年服务费 服务费
        年费 本期费用 annualfee annualmaintenancefee annualprice annualmaintenance yearlyfee
        yearlymaintenancefee feeperyear maintenancefee renewalfee renewalprice fee""",
    "manager": """
        客户经理 销售经理 业务经理 负责客户经理 客户负责人 销售负责人 业务负责人 商务经理 商务负责人
        商务 合同负责人 合同负责人团队 销售 销售人员 销售代表 业务员 业务代表 跟进人 归属人 客户主管
        我方负责人 负责人 责任人 经办人 合同经办人 accountmanager keyaccountmanager salesmanager
        salesperson salesrep sales accountowner owner responsible manager am kam""",
    "project_manager": """
        项目经理 项目负责人 实施经理 交付经理 实施负责人 交付负责人 项目主管 技术负责人 项目经办人
        projectmanager projectlead projectleader deliverymanager pm""",
    "contact": """
        客户联系人 甲方联系人 联系人 联系人姓名 客户方联系人 业主联系人 用户联系人 采购联系人 客户对接人
        甲方对接人 对接人 甲方负责人 联系人及电话 联系人及联系方式 联系人与电话 customercontact
        clientcontact contactperson contactname contact attn""",
    "phone": """
        联系电话 电话 手机 手机号 手机号码 电话号码 联系方式 联系手机 联系人电话 联系人手机 联系人手机号
        联系人联系方式 客户电话 客户联系电话 甲方电话 甲方联系电话 固话 contactphone contactnumber
        phonenumber phoneno phone telephone telephonenumber telno tel mobilephone mobileno mobile cell
        cellphone""",
    "email": """
        邮箱 电子邮箱 电子邮件 邮箱地址 邮件地址 邮件 电邮 联系人邮箱 联系人电子邮箱 联系邮箱 客户邮箱
        甲方邮箱 email emailaddress contactemail customeremail mail""",
    "note": """
        备注 说明 备注说明 备注信息 附注 补充说明 情况说明 合同备注 注 其他 其它 remarks remark notes
        note comments comment memo""",
    "state": """
        合同状态 状态 当前状态 合同当前状态 履行状态 合同履行状态 执行状态 合同执行状态 履约状态 合同履约状态 项目状态
        维保状态 服务状态 contractstatus status contractstate state""",
    "same_day": """
        终验当日计入 验收当日计入 终验日计入 验收日计入 终验当日起算 验收当日起算 首日计入 acceptancedaycounts
        samedaycounts sameday""",
}

# The rest of each family, taken when no listed name is on the sheet. Words for other sums and days
# (质保金, 已巡检, 授权到期) fit none of them.
_DAY = "(?:日期?|时间|年月日)"
_PASSED = "(?:通过|合格|完成|报告|证书|签署)*"
_CARE = "(?:维保|质保|保修|维护|运维|续保)"
_FAMILIES: Final = {
    "number": """(?:原|建设|销售|项目|服务|我方|乙方|对方|系统)* (?:合同|协议) (?:书|文本)?
        (?:编号|号码?|编码|代码)""",
    "customer": """(?:客户|甲方|业主|采购|用户|建设|使用|委托|签约|购买){1,2} (?:方|人|单位)? (?:单位)?
        (?:名称|全称|简称)?""",
    "amount": """(?:原|建设|销售|项目|签约|含税|成交|中标)* 合同 (?:含税|成交|签约|签订|建设|中标)*
        总?(?:金额|额|价款?|价格) (?:含税)?""",
    "signed_on": f".{{0,6}} (?:签订|签约|签署|签定|签字) (?:的|完成|生效)? {_DAY}",
    "final_acceptance_on": f".{{0,6}} (?:终验|(?:最终|竣工|整体|正式|项目)验收) {_PASSED} {_DAY}?",
    "go_live_on": f".{{0,6}} (?:上线|投运|投产|割接) (?:试?运行)? {_DAY}?",
    "preliminary_on": f".{{0,6}} (?:初验|初步验收) {_PASSED} {_DAY}?",
    "free_months": f"""(?:项目|系统|软件|售后|合同)* (?:免费|{_CARE}){{1,2}} (?:服务)?
        (?:期限?|时间|时长|年限|年数|月数|个月|月|年)+""",
    "renewal_rate": f""".{{0,4}} (?:{_CARE}|续费|续签|服务) (?:服务|合同)* (?:费用?)?
        (?:比例|费率|比率|百分比|占比|系数)""",
    "inspections_per_year": """(?:每?年度?|合同|约定|承诺|应|现场)* 巡检 (?:服务)?
        (?:次数|频次|频率|周期|要求) (?:每?年)?""",
    "covered_until": f"""(?:本期|当前|最新|原|合同)* (?:{_CARE}|服务) (?:服务|合同|期)*
        (?:到期|截止|终止|结束|届满|止|至) {_DAY}?""",
    "annual_fee": """(?:每|年度?|当年|本期|最新)* (?:维保|维护|运维|续保|续费|续签) (?:服务|合同)*
        (?:费用?|金额|价格|总?额|总?价) (?:每?年)?""",
}

FIELDS: Final = tuple(_NAMES)

_EXACT = {name: (field, place) for field, names in _NAMES.items() for place, name in enumerate(names.split())}
_FAMILY = [(field, re.compile(pattern, re.VERBOSE)) for field, pattern in _FAMILIES.items()]
_FAR = 10_000

# What a header says is not so, or not yet: a planned day is no milestone, a net price not the contract's.
_NOT_OURS = re.compile(r"计划|预计|预期|拟|目标|不含税|未税|除税|净额|是否|planned|expected|forecast|excl|\bnet\b")

_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|〔([^〔〕]*)〕")
_SCALES: Final = {"": 1, "千": 10**3, "k": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "亿": 10**8}
#: How a sum's currency is written; plain 元 names none.
CURRENCIES: Final = {
    "元": "", "圆": "", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY",
    "美元": "USD", "美金": "USD", "usd": "USD", "us$": "USD", "$": "USD",
    "欧元": "EUR", "eur": "EUR", "€": "EUR", "港币": "HKD", "港元": "HKD", "hkd": "HKD", "hk$": "HKD",
    "日元": "JPY", "jpy": "JPY", "英镑": "GBP", "gbp": "GBP", "£": "GBP",
}  # fmt: skip
CURRENCY_WORDS = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
_SUM_UNIT = re.compile(
    rf"(?:金额)?(?:单位)?[:/]?(?P<before>{CURRENCY_WORDS})??"
    rf"(?P<scale>百万|[万萬亿千k])?(?P<after>{CURRENCY_WORDS})?"
)
_TAIL_UNIT = re.compile(
    rf"[:/,、_-]?(?:单位:?)?(?P<unit>(?:{CURRENCY_WORDS})?(?:百万|[万萬亿千])?(?:{CURRENCY_WORDS})|[万萬亿])$"
)

_YEARS = re.compile("年|years?")
_MONTHS = re.compile("月|months?")


class Unit(NamedTuple):
    """What a plain number in a column is multiplied by, and the currency its header names ("" if none)."""

    factor: Decimal = Decimal(1)
    currency: str = ""


PLAIN: Final = Unit()


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """The name under which a header is known: folded, without white space, signs and remarks in brackets."""
    plain = compact(header).casefold()
    bare = _BRACKETED.sub("", plain)
    return "".join(filter(str.isalnum, bare)) or "".join(filter(str.isalnum, plain))


def is_usual_name(header: str) -> bool:
    """Whether a header is written exactly as it usually is; cheap enough to be asked of every cell."""
    return header in _EXACT


@lru_cache(maxsize=4096)
def known_field(header: str) -> tuple[str, int] | None:
    """The field a header usually names, and how far down the list of its names it stands (0 first)."""
    plain = compact(header).casefold()
    if any(_NOT_OURS.search(remark) for remark in _remarks(plain)):
        return None
    keys = [header_key(header)]
    tail = _TAIL_UNIT.search(plain)
    if tail and tail.start():
        keys.append(header_key(plain[: tail.start()]))
    for key in keys:
        if found := _EXACT.get(key):
            return found
    if _NOT_OURS.search(plain):
        return None
    for key in keys:
        for field, pattern in _FAMILY:
            if pattern.fullmatch(key):
                return field, _FAR
    return None


def guess_mapping(header_cells: Sequence[object], remembered: Mapping[str, str]) -> Mapping[int, str]:
    """Column index -> field, each field once.

    `remembered` are the user's own choices, header -> field, and win; an empty field there means
    that the column is none of ours. Of several columns with a name of one field the most usual name wins,
    then the leftmost.
    """
    chosen = {header_key(header): field for header, field in remembered.items()}
    offers: list[tuple[int, int, str]] = []
    for index, cell in enumerate(header_cells):
        if not isinstance(cell, str) or not (key := header_key(cell)):
            continue
        if key in chosen:
            if chosen[key] in _NAMES:
                offers.append((-1, index, chosen[key]))
        elif known := known_field(cell):
            offers.append((known[1], index, known[0]))
    mapping: dict[int, str] = {}
    for _place, index, field in sorted(offers):
        if field not in mapping.values():
            mapping[index] = field
    return dict(sorted(mapping.items()))


#: What a column may hold whose name says more than the usual ones, by a word in it; asked about, never taken for granted.
_WORDS: Final = {
    "credit_code": "税号|识别号|信用代码", "free_months": "免费|质保期|保修期|维保期", "inspections_per_year": "巡检",
    "preliminary_on": "初验|初步验收", "final_acceptance_on": "终验|验收", "go_live_on": "上线|投运",
    "covered_until": "到期|截止|届满", "annual_fee": "维保费|年费|维护费|运维费", "renewal_rate": "费率|比例",
    "amount": "金额|总价|价款|amount|price", "signed_on": "签订|签约|签署|signed", "state": "状态|status",
    "phone": "电话|手机|phone|mobile", "email": "邮箱|邮件|mail", "contact": "联系", "project_manager": "项目经理|实施",
    "manager": "经理|销售|负责人", "number": "合同.*号|编号|contract.*no", "project": "项目|系统|project",
    "customer": "客户|甲方|业主|单位|customer|client", "note": "备注|说明|remark|note",
}  # fmt: skip


def proposed_mapping(headers: Sequence[str], remembered: Mapping[str, str]) -> Mapping[int, str]:
    """What the columns of a sheet that is no ledger by their names may hold: as guessed, else by a word in the name."""
    found = dict(guess_mapping(headers, remembered))
    for field, words in _WORDS.items():
        if field not in found.values():
            pattern = re.compile(words)
            places = (place for place, name in enumerate(headers) if place not in found)
            place = next((place for place in places if pattern.search(compact(headers[place]).casefold())), None)
            if place is not None:
                found[place] = field
    return found


def column_unit(field: str, header: str) -> Unit | None:
    """The unit a header states for plain numbers; None when it states none.

    万元 in a sum's header multiplies by 10,000; 年 in a period's header by 12;
    a number of visits 次/季 by 4, 次/半年 by 2, 次/月 by 12.
    """
    plain = compact(header).casefold()
    remarks = _remarks(plain)
    if field in ("amount", "annual_fee"):
        tail = _TAIL_UNIT.search(plain)
        stated = [*remarks, tail["unit"]] if tail and tail.start() else remarks
        return next((unit for text in stated if (unit := sum_unit(text))), None)
    if field == "free_months":
        stated_in = "".join(remarks) or plain
        if _MONTHS.search(stated_in):
            return PLAIN
        return Unit(Decimal(12)) if _YEARS.search(stated_in) else None
    if field == "inspections_per_year":
        for word, factor in (("季", 4), ("半年", 2), ("月", 12)):
            if any(word in remark for remark in remarks):
                return Unit(Decimal(factor))
    return None


def sum_unit(text: str) -> Unit | None:
    """`元`, `万元`, `单位:万美元`, `USD` as a unit of money; None for anything else."""
    found = _SUM_UNIT.fullmatch(compact(text).casefold())
    if found is None or not any(found.groups()):
        return None
    named = CURRENCIES.get(found["before"] or "") or CURRENCIES.get(found["after"] or "") or ""
    return Unit(Decimal(_SCALES[found["scale"] or ""]), named)


def _remarks(plain: str) -> list[str]:
    """What stands in brackets."""
    return ["".join(groups) for groups in _BRACKETED.findall(plain)]
