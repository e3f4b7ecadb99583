"""A mail as it goes over the wire (RFC 5322, 2045 to 2047, 2231)."""

import base64
import re
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from base.documents.models import Document
from base.mail.models import OutgoingMail

# Seven bits pass every server, and headers that are written out below stay as they are.
_POLICY = SMTP.clone(cte_type="7bit", refold_source="none")
#: An address on the web ends where a Chinese sentence goes on; a full stop after it is the sentence's.
_LINK = re.compile(r"https?://[!-;=?-~]*[/\w=&%#-]", re.ASCII)
#: The header line with the file name, percent-encoded, must stay under 998 characters.
_NAME_BYTES = 300


class Sender(NamedTuple):
    """Whose name and address stand in From, and the time zone of the date."""

    name: str
    email: str
    time_zone: str


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
    message.set_content(words)
    message.add_alternative(html_part(mail.subject, words, mail.language), subtype="html")
    parts = [_attached(document) for document in documents]
    if parts:
        message.make_mixed()
    for part in parts:
        message.attach(part)
    # Set any earlier, it would have moved into the first part.
    message["Content-Language"] = mail.language
    return message.as_bytes()


def html_part(subject: str, text: str, language: str) -> str:
    """The words as a page: paragraphs at empty lines, web addresses clickable, nothing else is markup."""
    paragraphs = [_lines(paragraph) for paragraph in re.split(r"\n\s*\n", text.strip())]
    context = {"subject": subject, "paragraphs": paragraphs, "language": language}
    return render_to_string("mail/base.html", context)


def _lines(paragraph: str) -> SafeString:
    return format_html_join(SafeString("<br>\n"), "{}", ((_linked(line),) for line in paragraph.split("\n")))


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
