"""The desk's papers, filled from the records."""

from service.documents.builders import promises, visits


def plug() -> None:
    """Called once by `AppConfig.ready`."""
    promises.plug()
    visits.plug()
