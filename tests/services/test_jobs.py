"""A job through broker and worker, whose process is killed in the middle of it."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from base.jobs.models import Job
from base.jobs.operations import ask_job
from tests.factories import ContractFactory, UserFactory

ROOT = Path(__file__).parents[2]
PATIENCE = 90


@pytest.fixture(params=["RabbitMQ", "files"])
def broker(request, settings, monkeypatch, tmp_path):
    """Where the messages go, for this process and for the worker's."""
    settings.MEDIA_ROOT = tmp_path / "files"
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"],
        "DATA_DIR": str(tmp_path),
    }
    if request.param == "files":
        environment["CELERY_BROKER_URL"] = "filesystem://localhost/"
    return environment


@pytest.fixture
def start(broker):
    """Start a worker of the jobs; it finds what waits by the message that it sends itself here, as the beat would."""
    started = []

    def worker():
        words = ["-m", "celery", "-A", "config.celery", "worker", "--queues", "jobs", "--concurrency", "1"]
        process = subprocess.Popen(
            [sys.executable, *words, "--hostname", "jobs@test", "--loglevel", "WARNING"],
            cwd=ROOT,
            env=broker,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield worker
    for process in started:
        kill(process)


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wake(broker):
    code = "from config.celery import app; app.send_task('base.jobs.tasks.work_off_jobs')"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=broker, check=True)


def until(found):
    end = time.monotonic() + PATIENCE
    while not found() and time.monotonic() < end:
        time.sleep(0.1)
    assert found()


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_is_killed_is_done_once(broker, start, tmp_path):
    manager = UserFactory(role="manager")
    for number in range(3):
        ContractFactory(number=f"HT-{number}", manager=manager)
    parameters = {"page": "contracts", "query": "", "kind": "csv"}
    ask_job(kind="export_list", parameters=parameters, by=manager, at=timezone.now())
    wake(broker)
    first = start()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE contracts_contract IN ACCESS EXCLUSIVE MODE")
        # Seen from beside this transaction: the worker has the job and waits for the table.
        until(lambda: Job.objects.filter(status="running").exists())
        kill(first)
    job = Job.objects.get()
    assert (job.status, job.attempts, job.file) == ("running", 1, "")

    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # the 90 seconds are over
    wake(broker)
    start()
    until(lambda: Job.objects.get().status == "done")
    job = Job.objects.get()
    assert (job.attempts, job.result, job.told_at) == (2, "3 rows.", None)
    assert [path.name for path in (tmp_path / "files" / "jobs").iterdir()] == [Path(job.file.name).name]


@pytest.mark.django_db(transaction=True)
def test_the_worker_of_the_mails_takes_no_job(broker, start):
    code = (
        "from config.celery import app; print(app.amqp.router.route({}, 'base.jobs.tasks.work_off_jobs')['queue'].name)"
    )
    named = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=broker, check=True, capture_output=True, text=True
    )

    assert named.stdout.strip() == "jobs"
