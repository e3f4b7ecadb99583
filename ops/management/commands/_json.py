"""What the commands share: a day as an argument, and one JSON document on standard output and nothing else."""

import json
from argparse import ArgumentTypeError
from datetime import date
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.utils import timezone

from base.company.queries import zone


def day(text: str) -> date:
    """An ISO day."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"{text!r} is not a day; write YYYY-MM-DD") from problem


def here(on: date | None) -> date:
    """The day asked for, or today in the company's zone, which everything is told in from now on."""
    timezone.activate(zone())
    return on or timezone.localdate()


def number(amount: Decimal) -> str:
    """A rate without trailing zeros."""
    return f"{amount.normalize():f}"


def show(command: BaseCommand, document: object) -> None:
    command.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, default=str))
