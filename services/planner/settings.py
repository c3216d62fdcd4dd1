"""The planner's settings: those of every service, with batches that suit it."""

from services.kit.settings import ConsumerSettings
from services.kit.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """Few records at a time: each holds a document, and reading one may take some seconds."""

    consumer: ConsumerSettings = ConsumerSettings(max_records=20)
