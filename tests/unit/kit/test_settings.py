"""Settings that a cluster does not start with."""

import pytest
from pydantic import ValidationError

from services.kit.settings import Settings

GOOD = {
    "profile": "cluster",
    "kafka": {"bootstrap": "kafka:9092", "username": "planner", "password": "of-kafka"},
    "database": {"host": "postgres", "user": "planner", "password": "of-postgres"},
    "tokens": {"jwks": "https://id.example/certs", "issuer": "https://id.example/realms/phoihop"},
    "sign_on": {"client_id": "planner", "client_secret": "of-planner", "sites": {"planner": "https://plans.example"}},
}


def test_a_cluster_starts_with_good_ones() -> None:
    Settings.model_validate(GOOD)


@pytest.mark.parametrize(
    ("part", "change", "reason"),
    [
        ("sign_on", {"client_secret": "secret"}, "client_secret is empty or well known"),
        ("sign_on", {"sites": {"planner": "http://plans.example"}}, "no https"),
        ("tokens", {"issuer": "http://id.example/realms/phoihop"}, "no https"),
        ("tokens", {"jwks": "http://id.example/certs"}, "neither an https address nor a file"),
        ("kafka", {"password": "kafka"}, "kafka.password is empty or well known"),
    ],
)
def test_a_cluster_does_not_start_with_what_anybody_could_read_or_guess(
    part: str, change: dict[str, object], reason: str
) -> None:
    settings = GOOD | {part: {**GOOD[part], **change}}  # type: ignore[dict-item]
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate(settings)
    Settings.model_validate(settings | {"profile": "local"})


def test_a_service_without_sign_on_is_an_api() -> None:
    assert Settings.model_validate({name: value for name, value in GOOD.items() if name != "sign_on"}).sign_on is None
