"""The mails to our own people, as worded until an administrator rewords them."""

from django.utils.translation import gettext_lazy as _

from base.mail.texts import from_files

_COMMON = {
    "reader": _("the reader's name"),
    "home": _("the address of the home page"),
    "company": _("our company"),
}
_SAMPLES = {
    "zh-hans": {"reader": "孙刚", "home": "https://service.example.com/", "company": "示例科技有限公司"},
    "en": {"reader": "Sun Gang", "home": "https://service.example.com/", "company": "Example Ltd"},
}


def _sample(**values: tuple[str, str]) -> dict[str, dict[str, str]]:
    return {
        language: {**_SAMPLES[language], **{name: texts[place] for name, texts in values.items()}}
        for place, language in enumerate(("zh-hans", "en"))
    }


KINDS = [
    from_files(
        "todo_now",
        _("To our people: what cannot wait"),
        _COMMON | {"first": _("the first thing to do"), "todos": _("everything that is new, one a line")},
        _sample(
            first=("请答复区档案馆的服务请求 FW-2026-0001", "Answer FW-2026-0001 of the District Archive"),
            todos=("· 请答复区档案馆的服务请求 FW-2026-0001", "· Answer FW-2026-0001 of the District Archive"),
        ),
    ),
    from_files(
        "todo_morning",
        _("To our people: the day"),
        _COMMON
        | {
            "day": _("the day"),
            "now": _("what is to be done today"),
            "later": _("what is due within a week"),
            "coming": _("visits, inspections and requests"),
        },
        _sample(
            day=("2026年11月24日", "24 November 2026"),
            now=("今日待办\n· 请审阅区档案馆的报价 XB-2026-0001", "To do today\n· Look at the quote XB-2026-0001"),
            later=("", ""),
            coming=("", ""),
        ),
    ),
]
