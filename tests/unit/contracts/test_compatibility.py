"""Each kind of break between two models is found and named; each compatible change is none."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from contracts.compatibility import breaking_changes


class Colour(StrEnum):
    """An enumeration."""

    RED = "red"
    BLUE = "blue"


class Colours(StrEnum):
    """The same with one value more."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Inner(BaseModel):
    """A nested value."""

    size: int = 0


class InnerWithMore(BaseModel):
    """The nested value with an optional field added."""

    size: int = 0
    note: str | None = None


class InnerNarrowed(BaseModel):
    """The nested value with a limit."""

    size: int = Field(default=0, le=9)


def schema(**fields: Any) -> dict[str, Any]:
    """The JSON Schema of a model with these fields: a type (required), or a type and its default."""
    definitions: dict[str, Any] = {
        name: field if isinstance(field, tuple) else (field, ...) for name, field in fields.items()
    }
    model: type[BaseModel] = create_model("Model", **definitions)
    return model.model_json_schema()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"a": str}, {"a": str}, id="nothing"),
        pytest.param({"a": str}, {"a": str, "b": (str | None, None)}, id="optional field added"),
        pytest.param({"a": str}, {"a": str, "b": (Colour, Colour.RED)}, id="field with a default added"),
        pytest.param({"a": str, "b": int}, {"b": int, "a": str}, id="order of fields"),
        pytest.param({"a": str}, {"a": Annotated[str, Field(title="Name", description="x")]}, id="reworded"),
        pytest.param({"a": Inner}, {"a": InnerWithMore}, id="optional field added within"),
        pytest.param({"a": (Inner, Inner())}, {"a": (InnerWithMore, InnerWithMore())}, id="and within a default"),
        pytest.param({"title": str}, {"title": Annotated[str, Field(description="x")]}, id="field named title"),
    ],
)
def test_compatible(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaking_changes(schema(**old), schema(**new)) == []


@pytest.mark.parametrize(
    ("old", "new", "break_"),
    [
        pytest.param({"a": str, "b": str}, {"a": str}, "b: removed", id="required field removed"),
        pytest.param({"b": (str | None, None)}, {}, "b: removed", id="optional field removed"),
        pytest.param({"title": str}, {}, "title: removed", id="field named as an annotation removed"),
        pytest.param({}, {"b": str}, "b: added as required", id="required field added"),
        pytest.param({"b": (str, "")}, {"b": str}, "b: now required", id="made required"),
        pytest.param({"b": str}, {"b": (str, "")}, "b: no longer required", id="made optional"),
        pytest.param({"b": int}, {"b": str}, "b: type 'integer' became 'string'", id="another type"),
        pytest.param({"b": float}, {"b": int}, "b: type 'number' became 'integer'", id="type narrowed"),
        pytest.param({"b": int}, {"b": float}, "b: type 'integer' became 'number'", id="type widened"),
        pytest.param({"b": str | None}, {"b": str}, "b: string | null became string", id="null refused"),
        pytest.param({"b": str}, {"b": str | None}, "b: string became string | null", id="null allowed"),
        pytest.param({"b": Colours}, {"b": Colour}, "b: value 'green' removed", id="value removed"),
        pytest.param({"b": Colour}, {"b": Colours}, "b: value 'green' added", id="value added"),
        pytest.param({"b": Colour}, {"b": str}, "b: an enumeration no longer", id="enumeration opened"),
        pytest.param({"b": str}, {"b": Colour}, "b: now an enumeration", id="enumeration closed"),
        pytest.param({"b": Literal["x"]}, {"b": Literal["y"]}, "b: const 'x' became 'y'", id="constant changed"),
        pytest.param(
            {"b": Annotated[str, Field(max_length=9)]},
            {"b": Annotated[str, Field(max_length=5)]},
            "b: maxLength 9 became 5",
            id="limit tightened",
        ),
        pytest.param({"b": Annotated[int, Field(le=5)]}, {"b": int}, "b: maximum 5 became None", id="limit taken away"),
        pytest.param(
            {"b": str}, {"b": Annotated[str, Field(pattern="^x$")]}, "b: pattern None became '^x$'", id="pattern added"
        ),
        pytest.param({"b": (int, 1)}, {"b": (int, 2)}, "b: default 1 became 2", id="default changed"),
        pytest.param({"b": (str | None, None)}, {"b": (str | None, "x")}, "b: default None", id="default given"),
        pytest.param({"b": tuple[Inner, ...]}, {"b": tuple[InnerNarrowed, ...]}, "b[].size: maximum", id="in elements"),
        pytest.param({"b": tuple[int, int]}, {"b": tuple[int, str]}, "b[1]: type 'integer'", id="in a place"),
        pytest.param({"b": Inner | None}, {"b": InnerNarrowed | None}, "b.size: maximum", id="in an alternative"),
        pytest.param({"b": tuple[int, int]}, {"b": tuple[int, ...]}, "b: another kind of array", id="tuple to array"),
        pytest.param({"b": dict[str, int]}, {"b": dict[str, str]}, "b: additionalProperties", id="values of a map"),
    ],
)
def test_break_is_found_and_named(old: dict[str, Any], new: dict[str, Any], break_: str) -> None:
    found = breaking_changes(schema(**old), schema(**new))
    assert any(line.startswith(break_) for line in found), found
