"""What takes longer than a second: one row a job, which is its queue, its progress and its result."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.jobs.labels import kind_label


class JobStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


#: Where their files are stored.
FOLDER = "jobs"
#: What is still to come to its end.
OPEN = (JobStatus.WAITING, JobStatus.RUNNING)


class JobManager(models.Manager["Job"]):
    """Reads no `keys`: they may be large, and only fetching the file asks for them."""

    def get_queryset(self) -> "models.QuerySet[Job]":
        return super().get_queryset().defer("keys")


class Job(models.Model):
    """Something a person asked for that is carried out by a process of its own (docs/rules.md 7.7).

    It is claimed by a worker for some seconds at a time: who is killed no longer renews the claim.
    """

    #: The name of its `JobKind`.
    kind = models.CharField(_("kind"), max_length=40)
    #: What it is about, as the person reads it: a list, a file, a day.
    subject = models.CharField(_("about"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="jobs",
        db_index=False,  # found by the index of a person's jobs
    )
    #: In which its file and sentences are written.
    language = models.CharField(max_length=10)
    parameters = models.JSONField(default=dict)
    #: The hash of kind and parameters: the same is not asked for twice while it is open.
    mark = models.CharField(max_length=64, editable=False)

    status = models.CharField(_("state"), max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    done = models.PositiveIntegerField(_("done so far"), default=0)
    #: Of how many; 0 while that is not known.
    total = models.PositiveIntegerField(_("how many in all"), default=0)
    step = models.CharField(_("what it does now"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: Who holds the claim, and until when unless it is renewed.
    worker = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(_("stop asked for at"), null=True)

    created_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("ended at"), null=True)
    #: When the person was told that it ended.
    told_at = models.DateTimeField(null=True)

    #: What came of it, and where that is to be seen.
    result = models.CharField(_("result"), max_length=300, blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    #: What came of it for a page to show.
    outcome = models.JSONField(default=dict)
    error = models.TextField(_("why not"), blank=True)

    file = models.FileField(upload_to=f"{FOLDER}/", max_length=200, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    #: When the file is removed.
    delete_after = models.DateTimeField(_("kept until"), null=True)
    #: The records the file tells of (`base/jobs/keys.py`): it is handed out while its person may see them all.
    keys = models.BinaryField(default=b"")

    objects = JobManager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "mark"], condition=Q(status__in=["waiting", "running"]), name="job_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "created_at"], condition=Q(status__in=["waiting", "running"]), name="job_open"
            ),
            models.Index(fields=["by"], condition=Q(told_at=None), name="job_untold"),
            models.Index(fields=["by", "-created_at"], name="job_of_person"),
            models.Index(fields=["delete_after"], condition=~Q(file=""), name="job_file_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.subject}" if self.subject else self.label

    @property
    def label(self) -> str:
        return kind_label(self.kind)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and has not got to it yet."""
        return self.status == JobStatus.RUNNING and self.stop_asked_at is not None
