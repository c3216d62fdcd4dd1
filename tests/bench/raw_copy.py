"""The floor: consume without a framework, parse with the standard library, COPY into a table, commit offsets.

No check, no state, no event, no protection against repetition: nothing that stores commands does less.
"""

import asyncio
import json
import os

import asyncpg
from aiokafka import AIOKafkaConsumer

COLUMNS = ("event_id", "task_id", "unit_id", "action", "person_id", "actor_unit_id", "role", "note")


async def main() -> None:
    """Copy until killed."""
    connection = await asyncpg.connect(os.environ["BENCH_DSN"])
    consumer = AIOKafkaConsumer(
        "bench-raw_copy",
        bootstrap_servers=os.environ["BENCH_BOOTSTRAP"],
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=os.environ["BENCH_USERNAME"],
        sasl_plain_password=os.environ["BENCH_PASSWORD"],
        group_id="bench-raw_copy",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    while True:
        batches = await consumer.getmany(timeout_ms=100, max_records=1000)
        rows = [_row(record.value) for batch in batches.values() for record in batch]
        if rows:
            await connection.copy_records_to_table("copied", schema_name="bench", columns=COLUMNS, records=rows)
            await consumer.commit()


def _row(value: bytes) -> tuple[str | None, ...]:
    envelope = json.loads(value)
    data, actor = envelope["data"], envelope["data"]["actor"]
    return (
        envelope["id"],
        data["task_id"],
        data["unit_id"],
        data["action"],
        actor["person_id"],
        actor["unit_id"],
        actor["role"],
        data.get("note"),
    )


if __name__ == "__main__":
    asyncio.run(main())
