"""The law of the contract: its cap. Pure; docs/rules.md 2.1 is the source."""

import re
from decimal import Decimal

from moneyed import Money

from base.lib.money import floor_to_minor

#: "维保期外合同价格不超过本合同价格20%": no contract may say more.
MAX_CAP_RATE = Decimal("0.20")
MAX_TERM_MONTHS = 36


def renewal_cap(amount: Money, rate: Decimal, months: int) -> Money:
    """The most a renewal of `months` may cost: amount in force × rate × months / 12, floored to the minor unit."""
    return floor_to_minor(amount.amount * rate * months / 12, amount.currency)


#: The forms of address of one language in the other; what stands in neither is never guessed.
_FORMS = {"先生": "Mr", "女士": "Ms", "小姐": "Ms", "夫人": "Mrs", "太太": "Mrs", "博士": "Dr", "教授": "Prof."}
_FORMS_IN_CHINESE = {"mr": "先生", "ms": "女士", "miss": "女士", "mrs": "女士", "dr": "博士", "prof": "教授"}
_SAID = re.compile(rf"(.+)({'|'.join(_FORMS)})|(Mr|Ms|Mrs|Miss|Dr|Prof)\.? (.+)")
_NOBODY_BY_NAME = {"zh-hans": "客户", "en": "customer"}


def greeting(name: str, form: str, language: str) -> str:
    """How a mail addresses somebody, after 尊敬的 or "Dear": by name with the form of address that was noted (docs/rules.md 7.4).

    Without one, or with one the language has no word for, it is the customer: a bare name is impolite, and whether
    somebody is a Mr or a Ms is never guessed.
    """
    name, form = name.strip(), form.strip()
    if not form and (said := _SAID.fullmatch(name)):
        # 王女士 or Ms Wang as a name says its form itself.
        name, form = said[1] or said[4], said[2] or said[3]
    if not name or not form:
        return _NOBODY_BY_NAME[language]
    is_chinese = any("\u4e00" <= character <= "\u9fff" for character in form)
    if language == "en":
        title = _FORMS.get(form, "" if is_chinese else form)
        return f"{title} {name}" if title else _NOBODY_BY_NAME[language]
    title = form if is_chinese else _FORMS_IN_CHINESE.get(form.lower().rstrip("."), "")
    if not title:
        return _NOBODY_BY_NAME[language]
    # 王处长 was noted whole.
    return title if len(title) > 2 and title.startswith(name[0]) else f"{name}{title}"
