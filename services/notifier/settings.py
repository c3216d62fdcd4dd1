"""What the notifier needs to know beyond what every service does: how mail leaves the house."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from contracts.base import Email
from services.kit.settings import Port, Profile, Settings


class Tls(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class SmtpSettings(BaseModel):
    """The mail server. Times are seconds."""

    host: str
    port: Port = 587
    username: str | None = None
    password: SecretStr | None = None
    tls: Tls = Tls.STARTTLS
    ca_file: Path | None = None
    sender: Email
    """The address in `From`; its domain also ends the Message-ID."""
    connections: int = Field(default=4, ge=1, le=50)
    mails_per_step: int = Field(default=20, ge=1)
    """How many mails are claimed at once; a crash sends at most so many again."""
    timeout: float = Field(default=30, gt=0)
    """For each answer of the server."""
    first_pause: float = Field(default=60, ge=0)
    """Before a mail that was put off is tried again; doubles with each attempt, up to four hours."""

    @property
    def lease(self) -> timedelta:
        """How long a claim holds: one time-out to begin a mail, and twelve for the answers that it takes.

        Greeting, EHLO twice, STARTTLS, up to three of AUTH, MAIL, RCPT, DATA, its end, and RSET.
        """
        return timedelta(seconds=13 * self.timeout)

    @property
    def domain(self) -> str:
        """The sender's domain."""
        return self.sender.rpartition("@")[2]

    @model_validator(mode="after")
    def _password_for_a_name(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("give both username and password, or neither")
        return self


class NotifierSettings(Settings):
    """The notifier's settings: `PHOIHOP_SMTP__HOST`, `PHOIHOP_DAILY_DIGEST`, …"""

    smtp: SmtpSettings
    daily_digest: bool = True
    """Ask for each day's digests at seven in the morning in Viet Nam; off where somebody else asks."""

    @model_validator(mode="after")
    def _no_password_in_the_open(self) -> Self:
        if self.profile is not Profile.LOCAL and self.smtp.username is not None and self.smtp.tls is Tls.NONE:
            raise ValueError("smtp.tls=none would send the password in the open; only the local profile may")
        return self
