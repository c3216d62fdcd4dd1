"""Where the operator's command finds the broker, the database and the services (`PHOIHOP_…`)."""

from pathlib import Path

from pydantic import HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.settings import KafkaSettings


class OpsSettings(BaseSettings):
    """Every part is needed only by the commands that use it; a command that lacks one says which."""

    model_config = SettingsConfigDict(env_prefix="PHOIHOP_", env_nested_delimiter="__", extra="ignore")

    kafka: KafkaSettings | None = None
    """The administrator's or operator's principal."""
    owner_dsn: SecretStr | None = None
    """The database role that owns the schemas: `postgresql://owner:…@host:5432/phoihop`."""
    planner_url: HttpUrl = HttpUrl("http://127.0.0.1:8081")
    tracker_url: HttpUrl = HttpUrl("http://127.0.0.1:8082")
    notifier_url: HttpUrl = HttpUrl("http://127.0.0.1:8083")
    token_file: Path | None = None
    """A file with the bearer token of the person who works."""
    replication: int = 1
    """How many brokers keep a copy of each topic."""
    role_passwords_dir: Path | None = None
    """A folder with one file per service (`planner`, `tracker`, `notifier`): its database role's password."""
    user_passwords_dir: Path | None = None
    """A folder with one file per Kafka user: the services, `portal`, and `unit-<id>` for publishing units."""

    def url_of(self, service: str) -> str:
        """The service's address, without a slash at its end."""
        return str(getattr(self, f"{service}_url")).rstrip("/")
