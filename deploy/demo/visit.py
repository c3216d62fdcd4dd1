"""For whoever looks around in the demo that stays up: pages and who may sign on, tokens, settings for `phoihop`."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from contracts.topics import SERVICES
from contracts.units import Role, UnitKind
from deploy.demo.guests import Guest
from deploy.demo.world import World
from deploy.local.settings import write_private


def invite(world: World, directory: Path, guests: Sequence[Guest]) -> str:
    """Write tokens and a file of settings into the directory. Returns what to tell the visitor."""
    tokens = _write_tokens(world, directory / "tokens")
    kafka = world.services.kafka_settings(world.stack.kafka_admin[0])
    settings = {
        **{f"PHOIHOP_{service.upper()}_URL": world.services.url(service) for service in SERVICES},
        "PHOIHOP_TOKEN_FILE": str(tokens["operator"]),
        "PHOIHOP_KAFKA__BOOTSTRAP": kafka.bootstrap,
        "PHOIHOP_KAFKA__USERNAME": kafka.username,
        "PHOIHOP_KAFKA__PASSWORD": kafka.password.get_secret_value(),
        "PHOIHOP_OWNER_DSN": world.services.owner_dsn,
    }
    environment = directory / "environment"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
    write_private(environment, "\n".join(lines) + "\n")
    return "\n".join(
        [
            "These may sign on, all with the password " + guests[0].account.password,
            *(_introduce(guest) for guest in guests),
            *(
                f"{service}: {url}/ and {url}/openapi.json"
                for service in SERVICES
                if (url := world.services.url(service))
            ),
            f"mail: {world.smtp.host}:{world.smtp.port}",
            f"tokens, good for a day: {', '.join(map(str, tokens.values()))}",
            "In another terminal:",
            f"  . {environment}; .venv/bin/phoihop status",
            f'  curl -H "Authorization: Bearer $(cat {tokens["principal"]})" $PHOIHOP_TRACKER_URL/v1/tasks',
            "Ctrl-C ends everything.",
        ]
    )


def _introduce(guest: Guest) -> str:
    account = guest.account
    return f"  {account.username:30} {', '.join(account.roles)}: {account.name}, {guest.unit_name}"


def _write_tokens(world: World, folder: Path) -> dict[str, Path]:
    """Tokens of the operator, of an officer of the province and of the first school's principal."""
    province = world.province
    office = province.below(province.root.unit_id, UnitKind.OFFICE)[0]
    school = next(unit for unit in province.units if unit.kind is UnitKind.SCHOOL)
    tokens = {
        "operator": world.operator_token(),
        "officer": world.token(province.person(office.unit_id, Role.OFFICER)),
        "principal": world.token(province.person(school.unit_id, Role.PRINCIPAL)),
    }
    folder.mkdir(exist_ok=True)
    for name, token in tokens.items():
        write_private(folder / name, token)
    return {name: folder / name for name in tokens}
