"""`manage.py audit_head [--expect LOG:SEQUENCE:HASH] [--format json]`: the newest seal of each log (docs/commands.md 15)."""

import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from base.audit.sealing import Head, head, logs, seal, unsealed_count
from base.audit.verifying import holds
from base.company import clock
from ops.management.commands._json import here, show


def _head(text: str) -> Head:
    log, _colon, rest = text.partition(":")
    sequence, _colon, digest = rest.partition(":")
    if not (log.isdecimal() and sequence.isdecimal() and digest):
        raise ArgumentTypeError(f"{text!r} is not a seal; write it as `audit_head` prints it: LOG:SEQUENCE:HASH")
    return Head(int(log), int(sequence), digest)


class Command(BaseCommand):
    help = "Seal what is not sealed yet and print the newest seal of each log; exits with 1 if an expected one is gone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", type=_head, action="append", default=[], metavar="LOG:SEQUENCE:HASH")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        here(None)
        # What was expected is looked for first: sealing must not get the chance to fill what is gone.
        missing = [expected for expected in options["expect"] if not holds(expected)]
        sealed = seal(at=clock.now(), whole=True)
        heads = [head(each.number) for each in logs()]
        if options["format"] == "json":
            found = [each._asdict() for each in heads]
            gone = [each._asdict() for each in missing]
            show(self, {"sealed": sealed, "unsealed": unsealed_count(), "heads": found, "missing": gone})
        else:
            for each in heads:
                self.stdout.write(str(each))
            for each in missing:
                self.stderr.write(f"The log no longer holds the seal {each}: it was forged or shortened.")
        if missing:
            sys.exit(1)
