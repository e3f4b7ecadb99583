"""How an operation says no."""


class Refused(Exception):
    """An operation says no, and says why to a person.

    `message` is anything with a text (a lazy translation too: it is turned into text when shown),
    `field` the input it is about, `code` the reason for programs.
    """

    code = "refused"

    def __init__(self, message: object, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code:
            self.code = code


class Stale(Refused):
    """Somebody else changed the record meanwhile: look again, then decide."""

    code = "stale"


class NotAllowed(Refused):
    """This person may not do this."""

    code = "not_allowed"
