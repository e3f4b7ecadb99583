"""The desk's papers, filled from the records."""

from service.documents.builders import promises, visits


def register() -> None:
    """Called once by `AppConfig.ready`."""
    promises.register()
    visits.register()
