"""A mail server that takes everything, servers that misbehave on purpose, and a company that may send."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from base.accounts.models import Role, User
from base.chatter.models import Event
from base.company.models import Company
from base.company.queries import company
from base.mail import texts
from base.mail.models import OutgoingMail
from base.mail.queue import MailDraft, Reader, write_mails
from base.mail.texts import MailKind
from tests.base.mail.bad_server import BadServer, Faults

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

GREETING = MailKind(
    "greeting",
    "Greeting",
    {"customer": "the customer's name", "link": "where to answer"},
    {"zh-hans": "致{customer}的问候", "en": "Greetings to {customer}"},
    {"zh-hans": "{customer}：\n\n您好！\n请见：{link}", "en": "Dear {customer},\n\nhello.\nSee {link}"},
)

VALUES = {"customer": "明珠港务", "link": "https://weibao.example/q/abc"}


def draft(email="wang@customer.example", cause="greeting:1", **more):
    return MailDraft(cause, "greeting", company(), Reader("王女士", email, "zh-hans"), VALUES, **more)


def queue(**more):
    written = write_mails([draft(**more)], at=AT)
    return written.new[0]


def outcome(mail, status, **values):
    OutgoingMail.objects.filter(pk=mail.pk).update(status=status, **values)
    mail.refresh_from_db()


def verbs(mail):
    events = Event.objects.filter(target_type__model="outgoingmail", target_id=mail.pk).order_by("id")
    return [event.verb for event in events]


class Post:
    """Takes every mail, except for readers whose address begins with an answer code."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.connections: set[int] = set()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address[:3].isdigit():
            return f"{address[:3]} {address} is not known here"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.connections.add(id(session))
        return "250 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.envelopes]


class OnAnyPort(Controller):
    """On a port that is free: known once it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def _controller() -> Iterator[Controller]:
    controller = OnAnyPort(Post(), hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def greeting(monkeypatch) -> MailKind:
    monkeypatch.setattr(texts, "_kinds", {})
    texts.register(GREETING)
    return GREETING


@pytest.fixture
def ours(db, greeting) -> Company:
    """The company as it is when mail may leave."""
    Company.objects.update(
        name="维保科技有限公司",
        sender_name="维保科技，客户服务",
        sender_email="service@example.com",
        mail_on_hold=False,
    )
    return company()


@pytest.fixture
def manager(db) -> User:
    return User.objects.create(username="chen", email="chen@example.com", display_name="陈静", role=Role.MANAGER)


def use_server(settings, port: int, timeout: float = 5) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = None
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = timeout


@pytest.fixture
def post(settings, _controller) -> Post:
    """The server that takes everything, empty, and set as ours."""
    handler: Post = _controller.handler
    handler.envelopes.clear()
    handler.connections.clear()
    use_server(settings, _controller.port)
    return handler


@pytest.fixture
def bad_server(settings):
    """Start a server with faults, set as ours."""
    servers: list[BadServer] = []

    def start(timeout: float = 0.3, **faults: str) -> BadServer:
        server = BadServer(Faults(faults))
        servers.append(server)
        use_server(settings, server.port, timeout)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
