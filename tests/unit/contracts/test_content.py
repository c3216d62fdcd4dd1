"""The hash that a signature fixes: every word counts, what a reader says does not, and any language can compute it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contracts.content import canonical_json, content_sha256
from contracts.plans import (
    DocumentKind,
    Due,
    Item,
    ItemKind,
    Occurrence,
    Origin,
    Party,
    PartyRole,
    Period,
    PlanDocument,
    Target,
    Warning,
)
from contracts.scope import Audience, Scope
from contracts.units import Level, Role

ITEM = Item(position=1, text="Tuyên truyền")
OFFICE = Party(name="Phòng", role=PartyRole.EDUCATION, unit_id="O")
UNION = Party(name="Công đoàn", role=PartyRole.UNION, unit_id="U")
SIGNED = PlanDocument(kind=DocumentKind.PLAN, title="Kế hoạch", parties=(OFFICE, UNION), items=(ITEM,))
SCHEMA = TypeAdapter(PlanDocument).json_schema()


@pytest.mark.parametrize(
    "change",
    [
        {"items": (ITEM.model_copy(update={"text": "Tuyên  truyền"}),)},
        {"items": (ITEM.model_copy(update={"scope": Scope(levels=frozenset({Level.TH}))}),)},
        {"parties": (UNION, OFFICE)},
        {"title": "Kế hoạch khác"},
        {"number": "1"},
        {"number": ""},
    ],
)
def test_every_word_that_was_signed_is_in_the_hash(change: dict[str, object]) -> None:
    assert content_sha256(SIGNED.model_copy(update=change)) != content_sha256(SIGNED)


def test_what_a_reader_says_is_not_signed() -> None:
    origin = Origin(field="due", text="x", lines=(1, 1))
    read = {
        "warnings": (Warning(code="no-number", message="x"),),
        "origins": (origin,),
        "items": (ITEM.model_copy(update={"origins": (origin,)}),),
    }
    assert content_sha256(SIGNED.model_copy(update=read)) == content_sha256(SIGNED)


def test_the_canonical_json_is_what_the_readme_says() -> None:
    assert canonical_json(SIGNED) == (
        '{"items":[{"position":1,"text":"Tuyên truyền"}],"kind":"plan",'
        '"parties":[{"name":"Phòng","role":"education","unit_id":"O"},'
        '{"name":"Công đoàn","role":"union","unit_id":"U"}],"title":"Kế hoạch"}'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (100, "100"),
        (0.5, "0.5"),
        (-0.0, "0"),
        (-12.25, "-12.25"),
        (1e16, "10000000000000000"),
        (333333333.33333329, "333333333.3333333"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (0.000001, "0.000001"),
        (1e-7, "1e-7"),
        (-2.5e-9, "-2.5e-9"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(value: float, written: str) -> None:
    item = ITEM.model_copy(update={"targets": (Target(value=value, unit="%"),)})
    assert f'"value":{written}}}' in canonical_json(SIGNED.model_copy(update={"items": (item,)}))


def kept(schema: dict[str, Any], value: Any) -> Any:
    """The value without members that have their default, as somebody would do it who has only the schema."""
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, dict):
        members = {name: (schema["properties"][name], kept(schema["properties"][name], value[name])) for name in value}
        return {
            name: member
            for name, (form, member) in members.items()
            if "default" not in form or member != kept(form, form["default"])
        }
    return [kept(schema.get("items", {}), element) for element in value] if isinstance(value, list) else value


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scopes = st.builds(
    Scope,
    audience=st.sampled_from(Audience),
    levels=st.frozensets(st.sampled_from(Level), max_size=5),
    grades=st.frozensets(st.integers(1, 12), max_size=3),
    text=texts,
)
items = st.builds(
    Item,
    position=st.integers(1, 9),
    text=texts,
    heading=texts,
    kind=st.sampled_from(ItemKind),
    accountable=st.lists(st.sampled_from(Role), max_size=2).map(tuple),
    scope=scopes,
    due=st.builds(Due, rule=st.sampled_from(["none", "quarterly"]), occurrences=st.just((Occurrence(), Occurrence()))),
    targets=st.lists(st.builds(Target, value=st.integers(0, 999), unit=st.just("%")), max_size=1).map(tuple),
)
documents = st.builds(
    PlanDocument,
    kind=st.sampled_from(DocumentKind),
    title=texts,
    number=st.none() | texts,
    period=st.builds(Period, certain=st.booleans(), calendar_year=st.none() | st.just(2025)),
    items=st.lists(items, max_size=2).map(tuple),
)


@given(documents)
def test_whoever_has_only_the_schema_comes_to_the_same(document: PlanDocument) -> None:
    canonical = json.loads(canonical_json(document))
    assert canonical == kept(SCHEMA, document.model_dump(mode="json", exclude={"warnings", "origins"}))


@given(documents)
def test_the_hash_survives_the_database(document: PlanDocument) -> None:
    stored = PlanDocument.model_validate_json(document.model_dump_json())
    assert content_sha256(stored) == content_sha256(document)
