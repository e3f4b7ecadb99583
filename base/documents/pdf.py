"""Papers as PDF: WeasyPrint kept fast, and kept from fetching anything that is not ours.

What costs time was measured, not guessed: the fetcher, the font configuration and the parsed style sheet are made
once a process; the fonts are small (`ops/setup/fonts.py`) and found through our own fontconfig file, so that a
paper looks the same on every machine.
"""

import atexit
import ctypes
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

FONTS = Path(settings.BASE_DIR) / "var" / "fonts"
#: Where an address in a template or style sheet may point: nothing else is read, and no network at all.
READABLE = (Path(settings.BASE_DIR) / "static", FONTS)
#: What the papers need most, and what cut fonts tend to lack: capital numerals, rare names, form signs.
SAMPLE = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整喆堃淼珺璟昇赟祎玥龘㛃￥¥×①⑳〔〕（）《》□☑"

# Pango's font maps are not made for several threads at once.
_LOCK = Lock()


class FontsMissing(RuntimeError):
    """The fonts were not cut: `make setup` does it."""


@cache
def _engine() -> "tuple[URLFetcher, FontConfiguration, CSS]":
    """The three shared parts. WeasyPrint is imported here: it takes a second, which most commands need not pay."""
    if not (FONTS / "fonts.conf").is_file():
        raise FontsMissing(f"No fonts in {FONTS}: run `make setup`")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            if parts.scheme == "file":
                path = Path(url2pathname(parts.path)).resolve()
                if not any(path.is_relative_to(folder) for folder in READABLE):
                    raise ValueError(f"papers may not read {path}")
            return super().fetch(url, headers)

    fetcher = OwnFilesOnly(allowed_protocols={"data", "file"})
    fonts = FontConfiguration()
    sheet = finders.find("print/paper.css")
    # Freed while the interpreter still stands: the fonts' own clean-up needs it.
    atexit.register(_engine.cache_clear)
    return fetcher, fonts, CSS(filename=sheet, font_config=fonts, url_fetcher=fetcher)


def render_pdf(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """The paper as PDF bytes; the same input gives the same bytes.

    `language` (`zh-hans` or `en`) is active while the template runs, and names the pages. Takes some 0.2 s, so call
    it outside transactions. Raises `FontsMissing` before `make setup` has run.
    """
    return to_pdf(to_html(template, context, language=language))


def to_html(template: str, context: dict[str, Any], *, language: str) -> str:
    """The paper as the page that is printed."""
    with translation.override(language):
        before, rest = gettext("Page {page} / {pages}").split("{page}")
        between, after = rest.split("{pages}")
        labels = {"before": before, "between": between, "after": after}
        return render_to_string(template, {**context, "page_label": labels, "language": language})


def to_pdf(html: str) -> bytes:
    """A page of ours, printed."""
    fetcher, fonts, sheet = _engine()
    from weasyprint import HTML

    with _LOCK:
        pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_tags=True
        )
    return pdf


def subset_library_present() -> bool:
    """Whether the fast font subsetter is on this machine; without it one Chinese page takes some 12 seconds."""
    try:
        ctypes.CDLL("libharfbuzz-subset.so.0")
    except OSError:
        return False
    return True


def missing_glyphs(sample: str = SAMPLE) -> list[str]:
    """Characters of the sample that a paper could not show in regular or in bold; all of them before `make setup`."""
    from fontTools.ttLib import TTFont

    lacking: set[str] = set()
    for style in ("Regular", "Bold"):
        covered: set[int] = set()
        for path in FONTS.glob(f"*-{style}.ttf"):
            with TTFont(path, lazy=True) as font:
                covered.update(font.getBestCmap())
        lacking.update(character for character in sample if ord(character) not in covered)
    return sorted(lacking)
