"""A mail as it goes over the wire (RFC 5322, 2045 to 2047, 2231)."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import format_datetime
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from base.documents.models import Document
from base.mail.models import OutgoingMail
from base.mail.texts import button_of

# Seven bits pass every server, and headers that are written out below stay as they are.
_POLICY = SMTP.clone(cte_type="7bit", refold_source="none")
#: An address on the web ends where a Chinese sentence goes on; a full stop after it is the sentence's.
_LINK = re.compile(r"https?://[!-;=?-~]*[/\w=&%#-]", re.ASCII)
#: A fact as the shipped texts write it: `维保期限：2026年…`, `Valid until: 3 May 2026`; a sentence is none.
_FACT = re.compile(r"([^\s：，。；？！“”:][^：，。；？！“”]{0,19})：(\S.*)|([A-Z][^:.,;?!]{0,29}): (\S.*)")
_ADDRESS = re.compile(r"https?://[!-;=?-~…]*[/\w=&%#-]", re.ASCII)
#: By what the logo in the page is found among the parts of the message.
_LOGO = "letterhead-logo"
#: The header line with the file name, percent-encoded, must stay under 998 characters.
_NAME_BYTES = 300


class Sender(NamedTuple):
    """Whose name and address stand in From, and the time zone of the date; the picture of the letterhead, a PNG."""

    name: str
    email: str
    time_zone: str
    logo: bytes = b""


class Letterhead(NamedTuple):
    """Who writes, on top of a mail's page: a name, and the address of a picture."""

    name: str = ""
    logo: str = ""


_PLAIN = Letterhead()


def build(
    mail: OutgoingMail,
    words: str,
    documents: Iterable[Document],
    sender: Sender,
    *,
    message_id: str,
    at: datetime,
) -> bytes:
    """The whole message: `words` as text and as HTML, the papers attached, a copy to the account manager.

    `message_id` stays the same however often the mail is tried: a reader who gets it twice can tell.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.email)
    message["To"] = Address(mail.to_name, addr_spec=mail.to_email)
    if mail.cc:
        message["Cc"] = Address(addr_spec=mail.cc)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at.astimezone(ZoneInfo(sender.time_zone)))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    # Exchange and Outlook send their absence notes all the same, unless they are told so in their own words.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(words)
    message.add_alternative(_page(mail, words, sender), subtype="html")
    if sender.logo:
        page = message.get_payload()[-1]  # type: ignore[index]
        page.add_related(sender.logo, "image", "png", cid=f"<{_LOGO}>", disposition="inline")  # type: ignore[union-attr]
    parts = [_attached(document) for document in documents]
    if parts:
        message.make_mixed()
    for part in parts:
        message.attach(part)
    # Set any earlier, it would have moved into the first part.
    message["Content-Language"] = mail.language
    return message.as_bytes()


def _page(mail: OutgoingMail, words: str, sender: Sender) -> str:
    letterhead = Letterhead(mail.variables.get("company") or sender.name, f"cid:{_LOGO}" if sender.logo else "")
    return html_part(mail.subject, words, mail.language, letterhead, button=button_of(mail.kind, mail.language))


class Block(NamedTuple):
    """A piece of a mail's page: lines of text, facts as a table, a button, or the sender's own lines at the end."""

    kind: str
    lines: Sequence[SafeString] = ()
    facts: Sequence[tuple[str, SafeString]] = ()
    address: str = ""

    @property
    def text(self) -> SafeString:
        return SafeString("<br>\n".join(self.lines))


def html_part(subject: str, text: str, language: str, letterhead: Letterhead = _PLAIN, *, button: str = "") -> str:
    """The words as a page: paragraphs at empty lines, facts in a table, a link on a line of its own as a button.

    Web addresses are clickable; nothing else is markup. `button` is what stands on the button.
    """
    blocks = [block for paragraph in re.split(r"\n\s*\n", text.strip()) for block in _blocks(paragraph)]
    if len(blocks) > 1 and blocks[-1].kind == "facts" and blocks[-2].kind == "lines" and _goes_on(text):
        # Our name, and below it how we are reached.
        name, facts = blocks[-2], blocks[-1].facts
        said = [SafeString(f"{escape(label)}{_colon(language)}{value}") for label, value in facts]
        blocks[-2:] = [Block("sender", [*name.lines, *said])]
    context = {
        "subject": subject, "blocks": blocks, "language": language, "letterhead": letterhead, "button": button,
    }  # fmt: skip
    return render_to_string("mail/base.html", context)


def _blocks(paragraph: str) -> Iterator[Block]:
    """Lines of the same kind belong together."""
    for kind, lines in groupby(paragraph.split("\n"), key=_kind_of):
        match kind:
            case "button":
                yield from (Block(kind, address=line.strip()) for line in lines)
            case "facts":
                yield Block(kind, facts=[_fact(line) for line in lines])
            case _:
                yield Block(kind, [_linked(line) for line in lines])


def _kind_of(line: str) -> str:
    if _ADDRESS.fullmatch(line.strip()):
        return "button"
    return "facts" if _FACT.fullmatch(line.strip()) else "lines"


def _fact(line: str) -> tuple[str, SafeString]:
    found = _FACT.fullmatch(line.strip())
    assert found is not None
    return found[1] or found[3], _linked(found[2] or found[4])


def _goes_on(text: str) -> bool:
    """Whether the last paragraph begins with a line that is no fact, as a sender's own lines do."""
    return _kind_of(re.split(r"\n\s*\n", text.strip())[-1].split("\n")[0]) == "lines"


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "


def _linked(line: str) -> SafeString:
    pieces, end = SafeString(""), 0
    for found in _LINK.finditer(line):
        link = escape(found[0])
        pieces += escape(line[end : found.start()]) + SafeString('<a href="') + link + SafeString('">')
        pieces += link + SafeString("</a>")
        end = found.end()
    return pieces + escape(line[end:])


def _attached(document: Document) -> EmailMessage:
    """One paper. Its real name stands alone in Content-Disposition, unfolded: not every reader joins pieces.

    The plain name in Content-Type is for those that do not read RFC 2231 at all.
    """
    with document.file.open("rb") as stored:
        data = stored.read()
    part = EmailMessage(policy=compat32)
    part["Content-Type"] = f'{document.mime}; name="{plain_name(document.name)}"'
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_short(document.name), safe='')}"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return part


def plain_name(name: str) -> str:
    """What is left of a file name in ASCII, `document` when that is nothing."""
    stem, dot, ending = name.rpartition(".")
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", stem if dot else name)
    return ("-".join(words)[:60] or "document") + (f".{ending}" if dot and ending.isascii() else "")


def _short(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    return stem.encode()[:_NAME_BYTES].decode(errors="ignore") + dot + ending
