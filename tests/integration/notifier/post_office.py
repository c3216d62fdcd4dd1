"""Real SMTP servers on loopback that behave, or misbehave, as a test asks."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifier.settings import SmtpSettings, Tls


class PostOffice:
    """Accepts every mail, but answers as `refusals` and `at_data` say."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.sessions = 0
        self.refusals: dict[str, list[str]] = defaultdict(list)
        """By recipient: the answers to the next attempts, instead of an acceptance."""
        self.sender_refusals: list[str] = []
        self.at_data: list[str] = []
        """What happens to the next mails at the end of their data: an answer, `die` or `hang`."""
        self.closing = asyncio.Event()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_refusals:
            return self.sender_refusals.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals[address]:
            return self.refusals[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 OK"
        if answer == "hang":
            await self.closing.wait()
        if answer == "die" or answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.accepted.append(BytesParser(policy=default).parsebytes(envelope.content))
        if answer == "die":
            assert server.transport is not None
            server.transport.close()
        return answer

    @property
    def recipients(self) -> list[str]:
        """To whom a mail was accepted, one for each time."""
        return sorted(message["To"].addresses[0].addr_spec for message in self.accepted)

    def make_session(self) -> SMTP:
        self.sessions += 1
        return SMTP(self, enable_SMTPUTF8=False, hostname="buu-dien.example")


@asynccontextmanager
async def listening(make_protocol: Callable[[], Any]) -> AsyncIterator[SmtpSettings]:
    """A server on a free port; gives the settings by which the notifier reaches it."""
    server = await asyncio.get_running_loop().create_server(make_protocol, "127.0.0.1", 0)
    try:
        yield settings(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def settings(port: int) -> SmtpSettings:
    """Impatient, and without a pause before the next attempt."""
    return SmtpSettings(
        host="127.0.0.1",
        port=port,
        tls=Tls.NONE,
        sender="phoi-hop@so.example",
        connections=3,
        timeout=1,
        first_pause=0,
    )


class GreetsAndCloses(asyncio.Protocol):
    """A server that says 220 and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"220 xin chao\r\n")
        transport.close()
