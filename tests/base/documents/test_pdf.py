from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
import tinycss2
from django.conf import settings
from pypdf import PdfReader

from base.documents import pdf
from base.documents.pdf import missing_glyphs, render_pdf, subset_library_present


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """An address that answers, and the paths somebody asked it for."""
    paths: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Recorder)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def template(tmp_path: Path, settings):
    """Writes a template that stands outside the product, and gives its name."""
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path], "APP_DIRS": False}
    ]

    def write(text: str) -> str:
        (tmp_path / "sheet.html").write_text(text)
        return "sheet.html"

    return write


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_context_is_escaped(template):
    name = template("<p>{{ words }}</p>")
    assert "<script>alert(1)</script>" in text_of(
        render_pdf(name, {"words": "<script>alert(1)</script>"}, language="en")
    )


def test_nothing_is_fetched_from_the_network(template, visited):
    address, paths = visited
    name = template(
        "<link rel=stylesheet href='{{ a }}/sheet.css'><style>@import '{{ a }}/more.css';"
        "p {background: url({{ a }}/picture.png)} @font-face {font-family: X; src: url({{ a }}/font.ttf)}</style>"
        "<p style='font-family: X'>words<img src='{{ a }}/picture.png'></p>"
    )
    assert "words" in text_of(render_pdf(name, {"a": address}, language="en"))
    assert paths == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        f"file://{settings.BASE_DIR}/static/../config/settings.py",
        f"file://{settings.BASE_DIR}/static/%2e%2e/config/settings.py",
        f"file://{settings.BASE_DIR}/var/secret_key",
        "ftp://127.0.0.1/x",
        "https://127.0.0.1/x",
        "relative.css",
    ],
)
def test_only_our_own_files_may_be_read(url):
    fetcher = pdf._engine()[0]
    with pytest.raises(ValueError, match=r"may not read|disallowed|Not an absolute"):
        fetcher.fetch(url)


def test_our_own_files_and_data_can_be_read():
    fetcher = pdf._engine()[0]
    assert b"@page" in fetcher.fetch(f"file://{settings.BASE_DIR}/static/print/paper.css").read()
    assert fetcher.fetch("data:text/plain,hello").read() == b"hello"


def test_the_shared_parts_are_made_once():
    assert pdf._engine() is pdf._engine()


def test_the_same_input_gives_the_same_bytes(template):
    name = template("<p>{{ words }}</p>")
    first, second = (render_pdf(name, {"words": "壹贰叁"}, language="zh-hans") for _ in range(2))
    assert first == second


def test_only_our_fonts_are_embedded_and_a_rare_name_is_shown(template):
    name = template("<html lang=zh><p>赵喆堃<b>龘㛃</b> ☑□￥①〔〕</p>")
    content = render_pdf(name, {}, language="zh-hans")
    assert "赵喆堃龘㛃" in text_of(content)
    fonts = PdfReader(BytesIO(content)).pages[0]["/Resources"]["/Font"]
    families = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
    assert families == {"Weibao-Sans", "Weibao-Sans-Rare", "Weibao-Sans-Rare-Bold"}


def test_this_machine_is_fit_for_papers():
    assert subset_library_present()
    assert missing_glyphs() == []


def test_missing_glyphs_are_named():
    assert missing_glyphs("维😀") == ["😀"]


def test_before_the_set_up_every_glyph_is_missing_and_nothing_renders(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    assert missing_glyphs("ab") == ["a", "b"]
    with pytest.raises(pdf.FontsMissing, match="make setup"):
        pdf._engine.__wrapped__()


@pytest.mark.parametrize("path", sorted((settings.BASE_DIR / "static").rglob("*.css")), ids=lambda path: path.name)
def test_no_rule_swallows_those_after_it(path):
    """A brace that is missing is no error to a browser or a printer: what follows is just not applied."""
    rules = tinycss2.parse_stylesheet(path.read_text(), skip_comments=True, skip_whitespace=True)
    for rule in rules:
        assert rule.type != "error", rule
        if rule.type == "qualified-rule":
            assert not [part for part in rule.content if part.type == "{} block"], tinycss2.serialize(rule.prelude)
