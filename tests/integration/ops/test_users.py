"""Users of the broker, made by its administrator."""

from uuid import uuid4

from aiokafka import AIOKafkaProducer

from services.kit.broker import kafka_arguments
from services.ops.kafka_admin import KafkaAdmin, unit_user
from tests.conftest import KafkaSettingsOf


async def test_a_user_may_sign_on_as_soon_as_it_is_made(kafka_settings: KafkaSettingsOf) -> None:
    admin = kafka_settings("admin")
    for password in map(str, range(20)):
        user = unit_user(uuid4().hex[:12])
        KafkaAdmin(admin).make_users({user: password})
        signing_on = admin.model_copy(update={"username": user, "password": type(admin.password)(password)})
        async with AIOKafkaProducer(**kafka_arguments(signing_on)):
            pass
