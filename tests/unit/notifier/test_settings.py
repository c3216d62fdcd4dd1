"""Settings that would send a password in the open, or half of one, are refused."""

import pytest
from pydantic import ValidationError

from services.kit.settings import Profile
from services.notifier.settings import NotifierSettings, SmtpSettings, Tls

SMTP = {"host": "mail.example", "sender": "phoi-hop@so.example"}


def settings(profile: Profile, **smtp: object) -> NotifierSettings:
    return NotifierSettings.model_validate(
        {
            "profile": profile,
            "kafka": {"bootstrap": "localhost:9092", "username": "notifier", "password": "đủ dài để tin"},
            "database": {"host": "localhost", "user": "notifier", "password": "đủ dài để tin"},
            "tokens": {"jwks": "https://issuer.example/jwks", "issuer": "https://issuer.example"},
            "smtp": SMTP | smtp,
        }
    )


def test_a_name_needs_a_password() -> None:
    with pytest.raises(ValidationError, match="both username and password"):
        SmtpSettings.model_validate(SMTP | {"username": "notifier"})


def test_a_password_needs_tls_outside_the_local_profile() -> None:
    open_password = {"username": "notifier", "password": "đủ dài để tin", "tls": Tls.NONE}
    assert settings(Profile.LOCAL, **open_password).smtp.tls is Tls.NONE
    assert settings(Profile.CLUSTER, **open_password | {"tls": Tls.TLS}).smtp.tls is Tls.TLS
    with pytest.raises(ValidationError, match="in the open"):
        settings(Profile.CLUSTER, **open_password)


def test_the_sender_names_the_domain() -> None:
    assert settings(Profile.CLUSTER).smtp.domain == "so.example"
