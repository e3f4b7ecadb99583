"""A browser window as a person uses it: by what stands on the buttons, in their language, looked at after every step."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import trans_real
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: A word of the Latin alphabet on a Chinese page is a text somebody forgot to translate, but for these.
LATIN = re.compile(r"(?<![\w@./:-])[A-Za-z][a-z]{2,}(?![\w@./:-])")
MEANT = {"Excel", "English"}
_SETTLED = """() => document.readyState === "complete"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .ts-wrapper.loading")"""
#: What can be read or pressed, yet lies beside the window where nobody can scroll to.
_CUT_OFF = """() => [...document.querySelectorAll("a, button, input, select, textarea, h1, h2, p, td, label")].filter((each) => {
  const box = each.getBoundingClientRect();
  if (box.width < 3 || box.height < 3 || !each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  for (let above = each; above; above = above.parentElement) {
    const style = getComputedStyle(above);
    if (above.matches(".skip-link, .visually-hidden") || style.clipPath !== "none") return false;
    if (["auto", "scroll"].includes(style.overflowX) && above.scrollWidth > above.clientWidth) return false;
  }
  return box.left < -1 || box.right > innerWidth + 1;
}).map((each) => `${each.tagName} ${each.textContent.trim().slice(0, 30)}`)"""


class Screen:
    def __init__(self, context: BrowserContext, base: str, language: str, shots: Path, *, foreign: str = "") -> None:
        self.context, self.base, self.language, self.shots = context, base, language, shots
        #: English that is meant: what a test typed itself.
        self.foreign = foreign
        self.taken = 0
        self.complaints: list[str] = []
        self._expected: set[int] = set()
        self.page: Page = context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        page.set_default_timeout(20_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        page.on("requestfailed", lambda request: self._failed(request))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            text = message.text
            if text.startswith("Failed to load resource") and any(f" {each} " in text for each in self._expected):
                return
            self.complaints.append(f"console: {text} ({message.location.get('url', '')})")

    def _failed(self, request: Any) -> None:
        # What a person left behind by going on, and a download, which no page takes in.
        if request.failure not in ("net::ERR_ABORTED", None):
            self.complaints.append(f"not loaded: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers that are meant here, such as 422 for a form that is refused."""
        self._expected |= set(statuses)
        yield
        self.settle()
        self._expected -= set(statuses)

    # --- words --------------------------------------------------------------------------------------------------

    def say(self, msgid: str, **values: Any) -> str:
        """A text of the product in the window's language."""
        with translation.override(self.language):
            text = translation.gettext(msgid)
        return text % values if values else text

    def label(self, msgid: str) -> re.Pattern[str]:
        """The same in whichever sense, where its first letter may be a capital and a figure may follow."""
        texts = "|".join(re.escape(each) for each in sorted({self.say(msgid), *self._senses(msgid)}))
        return re.compile(rf"^\s*(?:{texts})(?:\s+[\d/]+)?\s*$", re.IGNORECASE)

    def _senses(self, msgid: str) -> Iterator[str]:
        """What one English word is in Chinese where it stands with a context."""
        catalog = trans_real.translation(self.language)._catalog
        for key, text in catalog.items():
            if isinstance(key, str) and key.endswith(f"\x04{msgid}"):
                yield text

    # --- hands --------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_function(_SETTLED)

    def link(self, msgid: str, *, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("link", name=self.label(msgid))

    def button(self, msgid: str, *, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=self.label(msgid))

    def tab(self, msgid: str) -> None:
        self.page.get_by_role("tab", name=self.label(msgid)).click()
        self.settle()

    def press(self, msgid: str, *, within: Locator | None = None) -> None:
        self.button(msgid, within=within).click()
        self.settle()

    def follow(self, msgid: str, *, within: Locator | None = None) -> None:
        self.link(msgid, within=within).click()
        self.settle()

    def move(self, msgid: str) -> None:
        """Open what a button of the status bar asks, also where it waits behind “More”."""
        bar = self.page.locator(".statusbar")
        if not self.link(msgid, within=bar).count():
            self.press("More", within=bar)
        self.follow(msgid, within=bar)

    def field(self, msgid: str, *, within: Locator | None = None) -> Locator:
        return (
            (within or self.page)
            .get_by_label(capfirst(self.say(msgid)), exact=True)
            .or_((within or self.page).get_by_label(self.say(msgid), exact=True))
        )

    def carry_out(self) -> None:
        """Agree to what the dialogue asks, and hear that it was done."""
        self.said.locator(".alert").evaluate_all("them => them.forEach((each) => each.remove())")
        self.dialog.locator("footer button:not([type=button])").click()
        self.said.locator(".alert-success").wait_for()
        self.settle()

    def download(self, door: Locator) -> bytes:
        """The bytes a click on it brings."""
        with self.page.expect_download() as taken:
            door.click()
        return taken.value.path().read_bytes()

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    @property
    def said(self) -> Locator:
        """The messages above the page."""
        return self.page.locator("#messages")

    # --- eyes ---------------------------------------------------------------------------------------------------

    def step(self, name: str) -> None:
        """Look: nothing broken, nothing off the side, nothing in the wrong language; and keep a picture."""
        self.settle()
        self.taken += 1
        self.shots.mkdir(parents=True, exist_ok=True)
        # The picture shows where things come to rest, not how they get there.
        self.page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
        self.page.screenshot(
            path=self.shots / f"{self.taken:02d}-{name}.png", full_page=not self.dialog.count(), animations="disabled"
        )
        assert not self.complaints, f"{name}: " + "; ".join(self.complaints)
        self._fits(name)
        self._is_translated(name)

    def _fits(self, name: str) -> None:
        over = self.page.evaluate("() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        assert over <= 1, f"{name}: the page is {over} pixels wider than the window"
        cut = self.page.evaluate(_CUT_OFF)
        assert not cut, f"{name}: off the side of the window: {cut}"

    def _is_translated(self, name: str) -> None:
        if self.language == "zh-hans":
            words = set(LATIN.findall(self.page.locator("body").inner_text())) - MEANT - set(self.foreign.split())
            assert not words, f"{name}: still in English: {words}"
