"""What every paper has in common: a number, a date, who writes, to whom, and who answers questions."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import ClassVar

from django.utils import translation

from base.documents.pdf import render_pdf


@dataclass(frozen=True, slots=True)
class Sender:
    """The company as it stands on paper; empty fields are left out. `logo` is a `data:` address."""

    name: str
    name_en: str = ""
    credit_code: str = ""
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""
    logo: str = ""

    @property
    def shown(self) -> str:
        """The name in the language the paper is being written in."""
        chinese = (translation.get_language() or "").startswith("zh")
        return self.name if chinese or not self.name_en else self.name_en


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to talk to; empty fields are left out."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper, filled: plain values only, so that the same fields give the same PDF for ever.

    `draft` prints a mark across every page: the paper has not left the house.
    """

    template: ClassVar[str]

    number: str
    on: date
    sender: Sender
    recipient: str
    recipient_person: str = ""
    contact: Person = field(default_factory=lambda: Person(""))
    draft: bool = False

    def render(self, language: str) -> bytes:
        """The PDF in `zh-hans` or `en`."""
        context = {item.name: getattr(self, item.name) for item in fields(self)}
        return render_pdf(self.template, context, language=language)
