"""How gunicorn runs here, however it is started from this folder: its lines show no secret of a link."""

logger_class = "config.web.MaskedLogger"
