"""What mails say: wordings shipped with the product, each of which an administrator may word anew."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from base.accounts.access import may, require
from base.accounts.models import User
from base.chatter.operations import change, create, record
from base.company.queries import company
from base.lib.errors import Refused
from base.lib.text import clean
from base.mail.models import KIND_LABELS, MailText

log = structlog.get_logger(__name__)

LANGUAGES = ("zh-hans", "en")
#: What a stored text holds until its mail leaves: who is greeted is known then, and no secret is kept (docs/rules.md 7.4).
READER, LINK = "{reader}", "{link}"
#: A subject is seen by mail servers and by whoever sees to it that mail leaves.
_NOT_IN_SUBJECTS = ("price", "link")
_LATE = re.compile(r"\{(reader|link)\}")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}|([{}])")


class Wording(NamedTuple):
    """A subject and a text: with placeholders, or filled in."""

    subject: str
    body: str


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its placeholders, each explained, and its shipped wording in both languages."""

    name: str
    label: str | Promise
    variables: Mapping[str, str | Promise]
    subject: Mapping[str, str]
    body: Mapping[str, str]
    #: Values to preview the wording with, in each language.
    samples: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: The action that shows such mails, where they name a sum.
    needs: str = ""
    #: What stands on the button that leads to the mail's link.
    button: str | Promise = ""

    def shipped(self, language: str) -> Wording:
        return Wording(self.subject[language], self.body[language])

    def sample(self, language: str) -> Mapping[str, str]:
        """What a reader of that language would find in the placeholders."""
        return self.samples.get(language, {})


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> None:
    """Add a kind of mail, from the owning app's `ready()`. ValueError for a wording that cannot be filled."""
    for language in LANGUAGES:
        for text in kind.shipped(language):
            if wrong := _wrong(text, kind.variables):
                raise ValueError(f"{kind.name} ({language}): {wrong[0]}")
    _kinds[kind.name] = kind
    KIND_LABELS[kind.name] = kind.label


def kinds() -> list[MailKind]:
    """All kinds of mail, in the order they were registered."""
    return list(_kinds.values())


def hidden_from(user: User | None) -> list[str]:
    """The kinds of mail that name sums this person may not see."""
    return [kind.name for kind in _kinds.values() if kind.needs and not may(user, kind.needs)]


def kind_named(name: str) -> MailKind:
    """The kind of that name; KeyError when no app registered it."""
    return _kinds[name]


def button_of(name: str, language: str) -> str:
    """What stands on the button of a kind of mail, in its reader's language."""
    kind = _kinds.get(name)
    with translation.override(language):
        return str((kind.button if kind else "") or _("Open"))


def check(kind: MailKind, wording: Wording) -> None:
    """Raise `Refused` for a wording with a placeholder the kind does not have, or with nothing in it."""
    for name, text in wording._asdict().items():
        if not text.strip():
            raise Refused(_("Write something first."), field=name)
        if wrong := _wrong(text, kind.variables):
            known = ", ".join(f"{{{variable}}}" for variable in kind.variables)
            raise Refused(
                _("“%(found)s” is not one of the placeholders of this mail: %(known)s")
                % {"found": wrong[0], "known": known},
                field=name,
                code="placeholder",
            )
    if hidden := [found[0] for found in _PLACEHOLDER.finditer(wording.subject) if found[1] in _NOT_IN_SUBJECTS]:
        raise Refused(
            _("%(found)s cannot stand in the subject: it is seen on the way by people who may not read the mail.")
            % {"found": hidden[0]},
            field="subject",
            code="placeholder",
        )


def wordings(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Wording]:
    """The wording in force of each (kind, language): the administrator's, or the shipped one."""
    wanted = set(wanted)
    rows = MailText.objects.filter(kind__in={kind for kind, _language in wanted})
    edited = {(row.kind, row.language): Wording(row.subject, row.body) for row in rows}
    return {key: _in_force(kind_named(key[0]), key[1], edited.get(key)) for key in wanted}


def _in_force(kind: MailKind, language: str, edited: Wording | None) -> Wording:
    if edited is None:
        return kind.shipped(language)
    if any(_wrong(text, kind.variables) for text in edited):
        # Worded before a placeholder was taken away: the mail must go out, and whole.
        log.warning("mail_text_outdated", kind=kind.name, language=language)
        return kind.shipped(language)
    return edited


def fill(wording: Wording, values: Mapping[str, str]) -> Wording:
    """The wording with its placeholders replaced; a line all of whose placeholders are empty is left out.

    KeyError for a placeholder without a value. Values are plain text: braces in them stay as they are.
    """
    lines = [_fill_line(line, values) for line in wording.body.replace("\r\n", "\n").split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    subject = _PLACEHOLDER.sub(lambda found: values[found[1]], wording.subject)
    return Wording(clean(subject), body)


def fill_late(wording: Wording, values: Mapping[str, str]) -> Wording:
    """A wording as it is stored: the greeting stays a placeholder in the text, and a link that is given as `LINK` too.

    The subject is filled at once and never holds the link. Placeholders somebody typed into a value stay text.
    """
    plain = {name: _LATE.sub(r"{ \1 }", value) if value != LINK else value for name, value in values.items()}
    late = {**plain, "reader": READER} if "reader" in plain else plain
    subject = fill(wording, {**plain, "link": ""}).subject
    return Wording(subject, fill(wording, late).body)


def finish(text: str, reader: str, link: str) -> str:
    """A stored text with whom it greets and the link of its mail; without a link its placeholder stays."""
    late = {"reader": reader, "link": link or LINK}
    return _LATE.sub(lambda found: late[found[1]], text)


def preview(
    kind: MailKind, language: str, sample: Mapping[str, str] | None = None, wording: Wording | None = None
) -> Wording:
    """The mail as a reader would get it, with sample values; `wording` is one that is being edited."""
    wording = wording or wordings([(kind.name, language)])[kind.name, language]
    named = {name: f"‹{name}›" for name in kind.variables}
    return fill(wording, named | dict(kind.sample(language)) | dict(sample or {}))


@transaction.atomic
def set_wording(
    *, kind: MailKind, language: str, wording: Wording, by: User | None, at: datetime, seen: int | None = None
) -> MailText:
    """Word a kind of mail anew from now on; mails already written stay as they are.

    Raises `Refused` for what `check` refuses, and `Stale` when somebody else worded it meanwhile.
    """
    require(by, "mailtexts.edit")
    wording = Wording(clean(wording.subject), wording.body.replace("\r\n", "\n").strip())
    check(kind, wording)
    values = wording._asdict()
    row = MailText.objects.filter(kind=kind.name, language=language).first()
    if row is None:
        return create(MailText(kind=kind.name, language=language, **values), by=by, at=at)
    change(row, values, by=by, at=at, seen=seen)
    return row


@transaction.atomic
def reset_wording(*, kind: MailKind, language: str, by: User | None, at: datetime) -> None:
    """Go back to the shipped wording."""
    require(by, "mailtexts.edit")
    gone, _by_model = MailText.objects.filter(kind=kind.name, language=language).delete()
    if gone:
        record(company(), "mail_text_reset", by=by, at=at, note=f"{kind.name} ({language})")


def _fill_line(line: str, values: Mapping[str, str]) -> str | None:
    names = [found[1] for found in _PLACEHOLDER.finditer(line)]
    if names and not any(values[name].strip() for name in names):
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], line)


def _wrong(text: str, variables: Mapping[str, object]) -> list[str]:
    """What stands in braces without being a placeholder, and braces on their own."""
    return [found[0] for found in _PLACEHOLDER.finditer(text) if found[2] or found[1] not in variables]


def from_files(
    name: str,
    label: str | Promise,
    variables: Mapping[str, str | Promise],
    samples: Mapping[str, Mapping[str, str]],
    *,
    needs: str = "",
    button: str | Promise = "",
) -> MailKind:
    """A kind whose shipped wordings are `templates/mails/NAME.LANGUAGE.txt`: subject, empty line, text."""
    folder = settings.BASE_DIR / "templates" / "mails"
    files = {language: (folder / f"{name}.{language}.txt").read_text(encoding="utf-8") for language in LANGUAGES}
    subjects = {language: text.partition("\n\n")[0].strip() for language, text in files.items()}
    bodies = {language: text.partition("\n\n")[2].strip() for language, text in files.items()}
    return MailKind(name, label, variables, subjects, bodies, samples, needs, button)
