"""Signs of life."""

from django.db import models


class Heartbeat(models.Model):
    """When one of the processes behind the web was last seen: `beat` and `worker`."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
