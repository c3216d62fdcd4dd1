"""The reference that one would write at first: a FastStream handler, one asyncpg transaction a message.

It does what the tracker does with a command (known before? who may? lock, change, append, publish), with the
usual means, and acknowledges after the commit.
"""

import asyncio
import os
from uuid import UUID

import asyncpg
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512

from contracts.envelope import Envelope
from contracts.tasks import ChangeTask, TaskState, TaskStatusChanged

broker = KafkaBroker(
    os.environ["BENCH_BOOTSTRAP"],
    security=SASLScram512(os.environ["BENCH_USERNAME"], os.environ["BENCH_PASSWORD"]),
    enable_idempotence=True,
    logger=None,
)
app = FastStream(broker, logger=None)
pools: "list[asyncpg.Pool[asyncpg.Record]]" = []
publisher = broker.publisher("bench-events")


@app.on_startup
async def connect() -> None:
    """Open the pool."""
    pools.append(await asyncpg.create_pool(os.environ["BENCH_DSN"], server_settings={"search_path": "bench, tracker"}))


@broker.subscriber(
    "bench-one_at_a_time", group_id="bench-one_at_a_time", auto_offset_reset="earliest", ack_policy=AckPolicy.ACK
)
async def change(command: Envelope[ChangeTask], message: KafkaMessage) -> None:
    """One command, one transaction, one event."""
    data = command.data
    async with pools[0].acquire() as connection, connection.transaction():
        known = await connection.fetchval(
            "INSERT INTO bench.inbox (topic, event_id, received_at) VALUES ('c', $1, now()) ON CONFLICT DO NOTHING"
            " RETURNING true",
            command.id,
        )
        task = await connection.fetchrow("SELECT * FROM bench.tasks WHERE id = $1 FOR UPDATE", data.task_id)
        holds = await connection.fetchval(
            "SELECT true FROM people WHERE unit_id = $1 AND role = $2 AND person_id = $3",
            data.actor.unit_id,
            data.actor.role,
            data.actor.person_id,
        )
        if not (known and task and holds) or task["state"] != TaskState.ISSUED:
            return
        revision = task["revision"] + 1
        await connection.execute(
            "UPDATE bench.tasks SET state = $2, revision = $3 WHERE id = $1",
            data.task_id,
            TaskState.ACKNOWLEDGED,
            revision,
        )
        await connection.execute(
            "INSERT INTO bench.task_events (task_id, revision, unit_id, action, from_state, to_state, person_id,"
            " actor_unit_id, role, note, at, door) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), 'kafka')",
            data.task_id,
            revision,
            data.unit_id,
            data.action,
            task["state"],
            TaskState.ACKNOWLEDGED,
            data.actor.person_id,
            data.actor.unit_id,
            data.actor.role,
            data.note,
        )
    changed = TaskStatusChanged(
        task_id=data.task_id,
        plan_id=UUID(str(task["plan_id"])),
        item_id=UUID(str(task["item_id"])),
        unit_id=data.unit_id,
        revision=revision,
        action=data.action,
        from_state=TaskState.ISSUED,
        to_state=TaskState.ACKNOWLEDGED,
        actor=data.actor,
        note=data.note,
        due_on=task["due_on"],
        at=command.time,
    )
    event = Envelope[TaskStatusChanged].of(changed, subject=data.unit_id, source="/bench", cause=command)
    await publisher.publish(event, key=data.unit_id.encode())


if __name__ == "__main__":
    asyncio.run(app.run())
