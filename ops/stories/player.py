"""Plays a story: each act is done by its person at the addresses of the product, and answered by one line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from base.accounts.models import User
from base.chatter import story
from base.company import clock
from base.company.queries import zone
from base.jobs import wake
from ops.stories import deeds, screens, system
from ops.stories.acts import Act, Mistake, loaded, one_of, read
from ops.stories.expectations import unmet
from ops.stories.filling import Filler
from ops.stories.pages import Names, page_named
from ops.stories.visitor import Visitor

log = structlog.get_logger(__name__)

#: What came of an act, as it is printed.
Result = Mapping[str, Any]
#: What a story does beside the pages: the day, the ledger, the mail, the customer behind a link.
SYSTEM: Mapping[str, Callable[["deeds.Stage", Act], Result]] = {
    "day": system.run_the_day,
    "import": system.import_ledger,
    "mail": system.hand_over_mail,
    "link": system.answer_link,
}


@dataclass
class Player:
    """Where the story stands. `folder` holds the files it names, `name` stands in the events."""

    name: str
    folder: Path
    language: str = "en"
    names: Names = field(default_factory=Names)
    before: Act | None = None

    def play(self, lines: Iterable[str]) -> Iterator[Result]:
        """Play line by line. An act that is refused does not end the story; empty lines and `#` comments are none."""
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield {"line": number, **self._line(line)}

    def _line(self, line: str) -> Result:
        found: Mapping[str, Any] = {}
        try:
            found = loaded(line)
            act = read(found, zone(), self.before)
            visitor = self._visitor(act)
            self.before = act
            result = self._do(act, visitor)
        except Mistake as mistake:
            result = {"ok": False, "refused": {mistake.field: mistake.sentence}}
        except Exception as problem:  # a fault of the product: it is told, and the story goes on
            log.exception("act_broke", line=line)
            return {"ok": False, "refused": {}, "unexpected": f"it broke: {type(problem).__name__}: {problem}"}
        differs = unmet(found.get("expect"), result)
        return {**result, "unexpected": differs} if differs else result

    def _do(self, act: Act, visitor: Visitor) -> Result:
        here, language = timezone.override(zone()), translation.override(self.language)
        with clock.standing_at(act.at), story.played(self.name), here, language, wake.kept() as tasks:
            result = self._done(act, visitor)
            system.run_woken(tasks)
        return result

    def _done(self, act: Act, visitor: Visitor) -> Result:
        stage = deeds.Stage(visitor, self.names, Filler(self.names, self.folder))
        if act.do in SYSTEM:
            return SYSTEM[act.do](stage, act)
        if isinstance(stage.visitor.user, AnonymousUser):
            raise Mistake("by", "The act lacks 'by': whose log-in does it?")
        if act.do in screens.SCREENS and not act.page:
            return screens.send(stage, act)
        return deeds.do(stage, page_named(act.page), act)

    def _visitor(self, act: Act) -> Visitor:
        if not act.by or act.do in ("day", "mail", "link"):
            return Visitor(AnonymousUser(), self.language)
        user = User.objects.filter(username=act.by).first()
        if user is None:
            known = User.objects.order_by("username").values_list("username", flat=True)
            raise one_of("by", act.by, list(known), "person")
        return Visitor(user, user.language or self.language)
