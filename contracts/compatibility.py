"""What a message may change without becoming another version.

Parties upgrade at different times, and `plan-events` and `task-events` are kept for ever. So, in either direction:

- the new model must read every record ever written under this version;
- every reader of this version, however old, must read what the new model writes.

Both are asked of events and of commands alike. What remains free is little: to add an optional field, and to
reword titles and descriptions. Whatever an old reader would refuse is a break too: a wider limit, a value
added to an enumeration. Hence every enumeration is closed; what is bound to grow is a pattern of codes
instead (as `Warning.code`), and readers take a code that they do not know.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "examples"}
_VALUES = {"default", "const", "enum", "required"}
_COMPARED_BY_NAME = {"properties", "required", "items", "prefixItems", "anyOf", "enum", "default"}


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What in `new` breaks readers or writers of `old`, one line for each, led by the field; empty if nothing does.

    Both are JSON Schemas as Pydantic writes them. Models that contain themselves are not supported.
    """
    return list(_of_schema("", _inlined(old, old.get("$defs", {})), _inlined(new, new.get("$defs", {}))))


def _inlined(schema: Any, definitions: Schema) -> Any:
    """The schema with each reference replaced by what it refers to, and without annotations."""
    if isinstance(schema, list):
        return [_inlined(element, definitions) for element in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        schema = {**target, **{keyword: value for keyword, value in schema.items() if keyword != "$ref"}}
    plain: Schema = {}
    for keyword, value in schema.items():
        if keyword == "properties":  # its keys are fields, whose names may be those of annotations
            plain[keyword] = {name: _inlined(field, definitions) for name, field in value.items()}
        elif keyword not in _ANNOTATIONS:
            plain[keyword] = value if keyword in _VALUES else _inlined(value, definitions)
    return plain


def _of_schema(path: str, old: Schema, new: Schema) -> Iterator[str]:
    if not _still_means(old.get("default"), new.get("default")):
        yield f"{path}: default {old.get('default')!r} became {new.get('default')!r}: it is what old records mean"
    old_types, new_types = old.get("anyOf", [old]), new.get("anyOf", [new])
    if len(old_types) != len(new_types):
        yield f"{path}: {_named(old_types)} became {_named(new_types)}"
        return
    for old_type, new_type in zip(old_types, new_types, strict=True):
        yield from _of_type(path, old_type, new_type)


def _of_type(path: str, old: Schema, new: Schema) -> Iterator[str]:
    for keyword in sorted((old.keys() | new.keys()) - _COMPARED_BY_NAME):
        if old.get(keyword) != new.get(keyword):
            yield f"{path}: {keyword} {old.get(keyword)!r} became {new.get(keyword)!r}"
    yield from _of_enumeration(path, old, new)
    yield from _of_fields(path, old, new)
    if "items" in old and "items" in new:
        yield from _of_schema(f"{path}[]", old["items"], new["items"])
    elif "items" in old or "items" in new:
        yield f"{path}: another kind of array"
    old_places, new_places = old.get("prefixItems", []), new.get("prefixItems", [])
    for place, (old_item, new_item) in enumerate(zip(old_places, new_places, strict=False)):
        yield from _of_schema(f"{path}[{place}]", old_item, new_item)


def _of_enumeration(path: str, old: Schema, new: Schema) -> Iterator[str]:
    if ("enum" in old) != ("enum" in new):
        yield f"{path}: {'an enumeration no longer' if 'enum' in old else 'now an enumeration'}"
        return
    old_values, new_values = old.get("enum", []), new.get("enum", [])
    for value in old_values:
        if value not in new_values:
            yield f"{path}: value {value!r} removed: old records hold it"
    for value in new_values:
        if value not in old_values:
            yield f"{path}: value {value!r} added: an old reader refuses it"


def _of_fields(path: str, old: Schema, new: Schema) -> Iterator[str]:
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    old_required, new_required = set(old.get("required", [])), set(new.get("required", []))
    for name, field in old_fields.items():
        place = f"{path}.{name}".lstrip(".")
        if name not in new_fields:
            yield f"{place}: removed: readers rely on it"
            continue
        if name in old_required - new_required:
            yield f"{place}: no longer required: an old reader needs it"
        if name in new_required - old_required:
            yield f"{place}: now required: old records lack it"
        yield from _of_schema(place, field, new_fields[name])
    for name in new_fields:
        if name not in old_fields and name in new_required:
            yield f"{path}.{name}: added as required: old records lack it".lstrip(".")


def _still_means(old: Any, new: Any) -> bool:
    """Whether a default says the same, apart from fields that were added to it."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and _still_means(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_still_means, old, new))
    return bool(old == new)


def _named(types: list[Schema]) -> str:
    return " | ".join(str(one.get("type", "a constant")) for one in types)
