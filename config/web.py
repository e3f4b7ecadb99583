"""The web server's own lines: of each request, if it is told to write them, and of requests that broke.

They show no secret of a link (docs/rules.md 7.5). `gunicorn.conf.py` names it.
"""

import logging
from typing import Any

from gunicorn.glogging import Logger

from base.lib.links import masked_in_log


class MaskedLines(logging.Formatter):
    """What another formatter makes of a record, without the secrets of links."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return masked_in_log(self._inner.format(record))


class MaskedLogger(Logger):  # type: ignore[misc]
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(MaskedLines(handler.formatter or logging.Formatter()))
