"""Every text is translated once, in the catalogue of the lowest app that uses it, and compiled for Django."""

import gettext
import tomllib
from pathlib import Path

import pytest

from ops.setup.messages import APPS, Use, problems, tidy, used_texts
from ops.setup.stamp import ROOT
from ops.setup.texts import TranslationError, catalogue_of, compile_catalogues, read

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def write(root: Path, app: str, *entries: str) -> Path:
    path = catalogue_of(app, root)
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + "\n".join(entries))
    return path


def entry(text: str, chinese: str = "", context: str = "") -> str:
    return (f'msgctxt "{context}"\n' if context else "") + f'msgid "{text}"\nmsgstr "{chinese}"\n'


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A small product: contracts and billing above base, a template of billing's and a shared one."""
    for file, source in {
        "base/people.py": '_("Name")\n_("Role")\n',
        "billing/invoices.py": '_("Name")\n_("Bank")\npgettext("paper", "Bank")\n',
        "contracts/models.py": '_("Bank")\n',
        "templates/ui/page.html": "{% load i18n %}\n  <p>{% translate 'Hello' context 'page' %}</p>\n",
        "templates/billing/rows.html": "{% load i18n %}\n    "
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}\n",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(source)
    return tmp_path


ROWS = ("%(n)s row", "%(n)s rows")


def test_a_text_belongs_to_the_lowest_app_that_uses_it(product):
    assert used_texts(product) == {
        (None, "Name"): Use("base", "base/people.py:1"),
        (None, "Role"): Use("base", "base/people.py:2"),
        ("page", "Hello"): Use("base", "templates/ui/page.html:2"),
        (None, "Bank"): Use("contracts", "contracts/models.py:1"),
        ("paper", "Bank"): Use("billing", "billing/invoices.py:3"),
        (None, ROWS): Use("billing", "templates/billing/rows.html:2"),
    }


def test_what_is_missing_misplaced_or_left_over_is_named_with_its_file(product):
    write(product, "base", entry("Name", "姓名"), entry("Role"), entry("Gone", "没了"))
    write(product, "billing", entry("Bank", "开户行"), entry("Bank", "银行", "paper"), entry("Name", "姓名"))
    base, billing, contracts = (
        f"{app}/locale/zh_Hans/LC_MESSAGES/django.po" for app in ("base", "billing", "contracts")
    )
    assert problems(product) == [
        f"{billing}: 'Name' belongs in {base}, for base/people.py:1 uses it",
        f"base/people.py:2: 'Role' is not translated; it belongs in {base}",
        f"templates/ui/page.html:2: 'Hello' is not translated; it belongs in {base}",
        f"{billing}: 'Bank' belongs in {contracts}, for contracts/models.py:1 uses it",
        f"templates/billing/rows.html:2: {ROWS!r} is not translated; it belongs in {billing}",
        f"{base}: 'Gone' is used nowhere",
    ]


def test_a_text_somebody_doubts_is_not_translated(product):
    write(product, "base", "#, fuzzy\n" + entry("Name", "姓名"))
    assert "base/people.py:1: 'Name' is not translated" in problems(product)[0]


def test_tidying_moves_drops_and_adds_and_changes_no_translation(product):
    write(product, "base", entry("Role", "角色"), entry("Gone", "没了"), entry("Hello", "你好", "page"))
    write(
        product,
        "billing",
        entry("Name", "姓名"),
        entry("Bank", "开户行"),
        entry("Bank", "银行", "paper"),
        'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s 行"\n',
    )
    (product / "contracts" / "models.py").write_text('_("Bank")\n_("New \\"one\\"\\n")\n')
    tidy(product)
    assert catalogue_of("base", product).read_text() == (
        HEADER
        + 'msgctxt "page"\nmsgid "Hello"\nmsgstr "你好"\n\nmsgid "Name"\nmsgstr "姓名"\n\nmsgid "Role"\nmsgstr "角色"\n'
    )
    assert catalogue_of("contracts", product).read_text() == (
        HEADER + 'msgid "Bank"\nmsgstr "开户行"\n\nmsgid "New \\"one\\"\\n"\nmsgstr ""\n'
    )
    assert catalogue_of("billing", product).read_text() == (
        HEADER
        + '#, python-format\nmsgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s 行"\n\n'
        + 'msgctxt "paper"\nmsgid "Bank"\nmsgstr "银行"\n'
    )
    assert len(problems(product)) == 1
    before = {path: path.read_text() for path in product.rglob("*.po")}
    tidy(product)
    assert {path: path.read_text() for path in product.rglob("*.po")} == before


def test_tidying_leaves_no_empty_catalogue_and_does_not_choose_between_two(product):
    emptied = write(product, "warranty", entry("Gone", "没了"))
    write(product, "base", entry("Name", "姓名"))
    tidy(product)
    assert not emptied.exists()
    catalogue_of("billing", product).write_text(HEADER + entry("Name", "名称"))
    with pytest.raises(ValueError, match="differ about 'Name'"):
        tidy(product)


@pytest.mark.parametrize("chinese", ["共 %(count)s 份", "共 %(n)d 份"])
def test_placeholders_must_match(tmp_path, chinese):
    path = write(tmp_path, "base", "#, python-format\n" + entry("%(n)s copies", chinese))
    with pytest.raises(TranslationError, match="copies"):
        read(path)


def test_a_text_stands_once_in_a_catalogue(tmp_path):
    path = write(tmp_path, "base", entry("Name", "姓名"), entry("Name", "名称"))
    with pytest.raises(TranslationError, match="stands twice"):
        read(path)


def test_catalogues_are_compiled_beside_themselves(tmp_path):
    path = write(tmp_path, "base", entry("Name", "姓名"))
    compile_catalogues(tmp_path)
    with path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Name") == "姓名"


def test_the_apps_are_those_of_the_import_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if "containers" not in contract and "layers" in contract)
    assert tuple(reversed(floors)) == APPS


def test_the_words_of_the_product_come_before_those_of_its_parts(settings):
    """Django and allauth translate «name» and «sent» too, and otherwise."""
    assert {ROOT / app / "locale" for app in APPS if catalogue_of(app).exists()} == set(settings.LOCALE_PATHS)
