"""The mail channel: several mails at once over a few connections, and what each answer of the server means.

The server's own trouble (away, silent, refusing the sender) ends a connection's work and puts mails off; only
an answer about the recipient or about the mail itself refuses one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)

from services.kit.logs import get_logger
from services.notifier.settings import SmtpSettings, Tls
from services.notifier.store import Claim, DigestState, Outcome

log = get_logger()

LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class Mail:
    """A mail to one address, for a claimed digest."""

    claim: Claim
    address: str
    message: EmailMessage


class MailChannel:
    """A few connections to the mail server, kept between calls of `send` until `close`."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._clients = [_client(settings) for _ in range(settings.connections)]

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Send the mails. What the server's trouble kept from its turn comes back as not tried.

        No mail is begun later than one time-out from now, so that the last ends within the claims' lease.
        """
        waiting = deque(mails)
        outcomes: list[Outcome] = []
        until = asyncio.get_running_loop().time() + self._settings.timeout
        await asyncio.gather(*(self._work(client, waiting, outcomes, until) for client in self._clients))
        return outcomes + [Outcome(mail.claim, DigestState.PENDING, is_tried=False) for mail in waiting]

    async def close(self) -> None:
        """Take leave of the server."""
        for client in self._clients:
            if client.is_connected:
                try:
                    await client.quit()
                except (SMTPException, OSError):
                    client.close()

    async def _work(self, client: SMTP, waiting: deque[Mail], outcomes: list[Outcome], until: float) -> None:
        """Send mails over one connection until none waits, time is up, or the connection fails."""
        try:
            while waiting and asyncio.get_running_loop().time() < until:
                if not client.is_connected:
                    await client.connect()
                    await client.ehlo()  # a server that fails already here has seen no mail
                await self._deliver(client, waiting, outcomes)
        except (SMTPException, OSError) as error:
            client.close()
            log.warning("smtp.trouble", error_type=type(error).__name__, code=getattr(error, "code", None))

    async def _deliver(self, client: SMTP, waiting: deque[Mail], outcomes: list[Outcome]) -> None:
        """Send the next mail. Raises SMTPException or OSError where the connection cannot go on."""
        if not waiting:  # another connection took the last one while this one connected
            return
        mail = waiting.popleft()
        try:
            await client.send_message(mail.message, sender=self._settings.sender, recipients=[mail.address])
        except SMTPRecipientsRefused as error:
            outcomes.append(self._answered(mail, error.recipients[0].code, "address-refused"))
        except SMTPDataError as error:
            outcomes.append(self._answered(mail, error.code, "mail-refused"))
        except (SMTPNotSupported, ValueError):  # an address that needs SMTPUTF8, or fits on no command line
            outcomes.append(Outcome(mail.claim, DigestState.REFUSED, reason="address-invalid"))
        except SMTPSenderRefused:  # nothing about this mail: too many connections, or not our server
            waiting.appendleft(mail)
            raise
        except (SMTPException, OSError):  # it may have been accepted: the next attempt has the same Message-ID
            outcomes.append(self._put_off(mail, None, "no-answer"))
            raise
        else:
            outcomes.append(Outcome(mail.claim, DigestState.SENT, smtp_code=250))

    def _answered(self, mail: Mail, code: int, reason: str) -> Outcome:
        if code >= 500:
            return Outcome(mail.claim, DigestState.REFUSED, smtp_code=code, reason=reason)
        return self._put_off(mail, code, reason)

    def _put_off(self, mail: Mail, code: int | None, reason: str) -> Outcome:
        doublings = min(mail.claim.attempts - 1, 16)
        pause = min(timedelta(seconds=self._settings.first_pause) * 2**doublings, LONGEST_PAUSE)
        return Outcome(mail.claim, DigestState.PENDING, smtp_code=code, reason=reason, pause=pause)


def _client(settings: SmtpSettings) -> SMTP:
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        use_tls=settings.tls is Tls.TLS,
        start_tls=settings.tls is Tls.STARTTLS,
        cert_bundle=str(settings.ca_file) if settings.ca_file else None,
        timeout=settings.timeout,
        local_hostname=settings.domain,  # without it, every connection asks the DNS for our own name
    )
