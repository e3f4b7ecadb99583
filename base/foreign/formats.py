"""What a number format shows beside the number: a currency, or a unit of ten thousand."""

import re
from typing import Final

#: A currency by what a format writes for it. ¥ and 元 are at home here, and need no question.
_CURRENCIES: Final = {
    "us$": "USD", "hk$": "HKD", "$": "USD", "usd": "USD", "hkd": "HKD", "eur": "EUR", "€": "EUR", "£": "GBP",
    "gbp": "GBP", "jpy": "JPY", "jp¥": "JPY", "美元": "USD", "欧元": "EUR", "港元": "HKD", "港币": "HKD", "日元": "JPY",
    "英镑": "GBP",
}  # fmt: skip
_WORDS = re.compile("|".join(re.escape(word) for word in sorted(_CURRENCIES, key=len, reverse=True)))
#: [$€-407] and [$USD] name a currency; [Red] and [>100] are no part of what is shown.
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_CONDITION = re.compile(r"\[[^\]$][^\]]*\]")
_QUOTES = re.compile(r'["\\!]')
#: 0!.0000 puts a point before the last four digits of a whole number, 0!.0, before the last one of the thousands.
_TEN_THOUSANDTH = re.compile(r"[0#](?:!\.|\\\.|\"\.\")(?:0000|[0#],)")


def shown_beside(code: str) -> str:
    """The currency of a number format; 万 where it names it, 万/ where it shows a ten-thousandth; else nothing."""
    first = code.partition(";")[0]
    if _TEN_THOUSANDTH.search(first):
        return "万/"
    text = _QUOTES.sub("", _CONDITION.sub("", _LOCALE.sub(r"\1", first))).lower()
    if "万" in text or "萬" in text:
        return "万"
    found = _WORDS.search(text)
    return _CURRENCIES[found[0]] if found else ""
