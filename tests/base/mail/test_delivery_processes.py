import signal
from collections import Counter

from tests.base.mail.bad_server import BadServer, Faults
from tests.base.processes import Installation, answer

_WRITE = """
from base.company.models import Company
from base.company.queries import company
from base.mail import texts
from base.mail.queue import MailDraft, Reader, write_mails
def write(count):
    Company.objects.update(sender_email="service@example.com", mail_on_hold=False)
    texts.register(texts.MailKind("t", "", {}, {"zh-hans": "s", "en": "s"}, {"zh-hans": "t", "en": "t"}))
    reader = Reader("Wang", "wang@customer.example", "en")
    write_mails([MailDraft(f"t:{n}", "t", company(), reader, {}) for n in range(count)], at=timezone.now())
"""
_SEND = """
from base.mail.delivery import send_due
from base.mail.models import OutgoingMail
import time
while not OutgoingMail.objects.exists():
    time.sleep(0.02)
print(json.dumps(send_due(timezone.now)))
"""
_LATER = """
from datetime import timedelta
from base.chatter.models import Todo
from base.mail.delivery import send_due
from base.mail.models import OutgoingMail
seen = []
for minutes in (1, 11, 9999):
    counts = send_due(lambda: timezone.now() + timedelta(minutes=minutes))
    seen.append([counts["sent"], counts["uncertain"], OutgoingMail.objects.get().status, Todo.objects.count()])
print(json.dumps(seen))
"""


def use(installation: Installation, port: int) -> None:
    installation.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "EMAIL_TIMEOUT": "20"}


def test_two_workers_never_send_the_same_mail(installation, post, settings):
    use(installation, settings.EMAIL_PORT)
    workers = [installation.start(_SEND), installation.start(_WRITE + "write(30)" + _SEND)]
    counts = sum((Counter(answer(worker)) for worker in workers), Counter())
    assert counts["sent"] == 30
    assert len({mail["Message-ID"] for mail in post.mails}) == len(post.mails) == 30


def test_a_worker_killed_after_the_final_dot_leaves_uncertain_and_nobody_sends_it_again(installation):
    server = BadServer(Faults({"dot": "hang"}))
    use(installation, server.port)
    try:
        worker = installation.start(_WRITE + "write(1)" + _SEND)
        assert server.dot_came.wait(60)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        server.faults.clear()
        assert answer(installation.start(_LATER)) == [
            [0, 0, "sending", 0],
            [0, 1, "uncertain", 1],
            [0, 0, "uncertain", 1],
        ]
        assert len(server.taken) == 1
    finally:
        server.stop()
