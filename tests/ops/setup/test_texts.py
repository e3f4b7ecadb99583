from pathlib import Path

import pytest

from ops.setup.messages import problems, used_texts
from ops.setup.stamp import ROOT
from ops.setup.texts import LOCALE, TranslationError, merge

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


@pytest.fixture
def language(tmp_path: Path) -> Path:
    folder = tmp_path / "locale" / "zh_Hans"
    (folder / "parts").mkdir(parents=True)
    return folder


def write(folder: Path, name: str, body: str) -> Path:
    path = folder / "parts" / f"{name}.po"
    path.write_text(HEADER + body)
    return path


def test_parts_become_one_catalogue(language):
    one = write(language, "one", 'msgid "Bank"\nmsgstr "开户行"\n')
    two = write(language, "two", 'msgid "Bank"\nmsgstr "开户行"\n\nmsgctxt "paper"\nmsgid "Bank"\nmsgstr "银行"\n')
    merged = merge([two, one], locale="zh_Hans")
    assert merged.get("Bank").string == "开户行"
    assert merged.get("Bank", "paper").string == "银行"


def test_two_parts_may_not_differ(language):
    parts = [
        write(language, "one", 'msgid "Bank"\nmsgstr "开户行"\n'),
        write(language, "two", 'msgid "Bank"\nmsgstr "银行"\n'),
    ]
    with pytest.raises(TranslationError, match=r"one\.po and two\.po differ about 'Bank'"):
        merge(parts, locale="zh_Hans")


@pytest.mark.parametrize("chinese", ["共 %(count)s 份", "共 %(n)d 份"])
def test_placeholders_must_match(language, chinese):
    part = write(language, "one", f'#, python-format\nmsgid "%(n)s copies"\nmsgstr "{chinese}"\n')
    with pytest.raises(TranslationError, match="copies"):
        merge([part], locale="zh_Hans")


def test_missing_and_left_over_texts_are_named(language, tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "people.py").write_text('from x import gettext as _\n\n_("Name")\n_("Role")\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n  <p>{% translate 'Hello' context 'page' %}</p>\n"
        "    {% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}\n"
    )
    assert set(used_texts(tmp_path)) == {
        (None, "Name"),
        (None, "Role"),
        ("page", "Hello"),
        (None, ("%(n)s row", "%(n)s rows")),
    }
    write(
        language,
        "one",
        'msgid "Name"\nmsgstr "姓名"\n\nmsgid "Role"\nmsgstr ""\n\nmsgid "Gone"\nmsgstr "没了"\n\n'
        'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s 行"\n',
    )
    assert problems(language, tmp_path) == [
        "base/people.py:4: no zh_Hans for 'Role'",
        "templates/page.html:2: no zh_Hans for 'Hello'",
        "zh_Hans: 'Gone' is used nowhere",
    ]


def test_the_shipped_parts_merge():
    assert len(merge(list((LOCALE / "zh_Hans" / "parts").glob("*.po")), locale="zh_Hans")) > 0
    assert LOCALE.is_relative_to(ROOT)
