"""Settings from the environment (`PHOIHOP_…`) and secrets from files; nothing has a default password.

`PHOIHOP_KAFKA__PASSWORD` may be a variable, or a file of that name in the folder that
`PHOIHOP_SECRETS_DIR` names, as a cluster mounts it.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

WELL_KNOWN = {"", "admin", "changeme", "change-me", "kafka", "password", "phoihop", "postgres", "secret"}
Port = Annotated[int, Field(ge=0, le=65_535)]


class Profile(StrEnum):
    """Where the service runs. Only `local` allows a file to be the clock and a plain password."""

    LOCAL = "local"
    CLUSTER = "cluster"


class KafkaSettings(BaseModel):
    """How to reach the broker: SCRAM-SHA-512, over TLS when a CA is given."""

    bootstrap: str
    username: str
    password: SecretStr
    ca_file: Path | None = None


class DatabaseSettings(BaseModel):
    """How to reach Postgres. Times are seconds; waiting without end is what they prevent."""

    host: str
    port: Port = 5432
    name: str = "phoihop"
    user: str
    password: SecretStr
    ca_file: Path | None = None
    pool_size: int = Field(default=10, ge=2)
    acquire_timeout: float = Field(default=10, gt=0)
    command_timeout: float = Field(default=60, gt=0)


class TokenSettings(BaseModel):
    """Which bearer tokens are believed. `jwks` is a file or an https address."""

    jwks: str
    issuer: str
    audience: str = "phoihop"
    algorithms: tuple[str, ...] = ("ES256", "RS256")


class SignOnSettings(BaseModel):
    """How people sign on to the pages: at the issuer of the tokens, whose confidential client this service is."""

    client_id: str
    client_secret: SecretStr
    sites: dict[str, str]
    """Where browsers reach each service, without a slash at the end."""
    idle_seconds: float = Field(default=3600, gt=0)
    """A session that nobody used for so long has ended."""
    longest_seconds: float = Field(default=12 * 3600, gt=0)
    """And so has one of that age."""


class HttpSettings(BaseModel):
    """Where the service listens."""

    host: str = "127.0.0.1"
    port: Port = 8080


class ConsumerSettings(BaseModel):
    """How much is taken at once, and when consuming stops because too much is wrong."""

    max_records: int = Field(default=1000, ge=1)
    wait_milliseconds: int = Field(default=50, ge=1)
    session_milliseconds: int = Field(default=15_000, ge=6_000)
    """How long the group waits for a process that is silent before its partitions go to another."""
    attempts: int = Field(default=3, ge=1)
    """How often a record that fails for an unknown reason is tried before it is set aside."""
    dead_letters_in_a_row: int = Field(default=100, ge=1)
    stalled_after: float = Field(default=120, gt=0)
    """Seconds with lag and without progress after which the process is not alive."""


class Settings(BaseSettings):
    """What every service needs to know of its surroundings."""

    model_config = SettingsConfigDict(env_prefix="PHOIHOP_", env_nested_delimiter="__", frozen=True, extra="ignore")

    profile: Profile = Profile.CLUSTER
    version: str = "0.1.0"
    log_level: str = "INFO"
    clock_file: Path | None = None
    kafka: KafkaSettings
    database: DatabaseSettings
    tokens: TokenSettings
    sign_on: SignOnSettings | None = None
    """Without it the service has no pages."""
    http: HttpSettings = HttpSettings()
    consumer: ConsumerSettings = ConsumerSettings()

    @model_validator(mode="after")
    def _fit_for_the_profile(self) -> Self:
        if self.profile is Profile.LOCAL:
            return self
        if self.clock_file is not None:
            raise ValueError("clock_file is for the local profile only")
        secrets = [("kafka.password", self.kafka.password), ("database.password", self.database.password)]
        if self.sign_on is not None:
            secrets.append(("sign_on.client_secret", self.sign_on.client_secret))
            addresses = (self.tokens.issuer, *self.sign_on.sites.values())
            if not all(address.startswith("https://") for address in addresses):
                raise ValueError("tokens.issuer and sign_on.sites are no https addresses")
        for name, secret in secrets:
            if secret.get_secret_value().lower() in WELL_KNOWN:
                raise ValueError(f"{name} is empty or well known; only the local profile starts with it")
        if not self.tokens.jwks.startswith("https://") and not Path(self.tokens.jwks).is_file():
            raise ValueError("tokens.jwks is neither an https address nor a file")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then files of secrets."""
        folder = os.environ.get("PHOIHOP_SECRETS_DIR")
        files = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=folder,
            secrets_prefix="PHOIHOP_",
            secrets_nested_delimiter="__",
        )
        return (init_settings, env_settings, *((files,) if folder else ()))


AnySettings = TypeVar("AnySettings", bound=Settings)


def load_settings(kind: type[AnySettings]) -> AnySettings:
    """The settings of this process. Ends it with exit code 2 and one line that names what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        name = "__".join(["PHOIHOP", *map(str, fault["loc"])]).upper().replace("PHOIHOP__", "PHOIHOP_")
        print(f"{name}: {fault['msg']}", file=sys.stderr)  # noqa: T201  before there are logs
        sys.exit(2)
