"""The form of what people and systems ask over HTTP."""

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """What a request asks for. A field that the API does not have is refused: a slip is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
