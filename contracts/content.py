"""The hash that a signature fixes: of a document's canonical JSON, the same in every language.

The canonical JSON is that of RFC 8785 (JCS): no white space, members in the order of their names, numbers as ECMAScript
writes them. Before, two things are left out at every depth: `warnings` and `origins`, which a reader says of the
document; and each member that has its schema's `default`, so that a field added later changes no earlier hash.
"""

import hashlib
import json
from decimal import Decimal
from typing import Any

from contracts.plans import PlanDocument

_NOT_SIGNED: Any = {"warnings": True, "origins": True, "items": {"__all__": {"origins"}}}


def content_sha256(document: PlanDocument) -> str:
    """SHA-256 of the document's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def canonical_json(document: PlanDocument) -> str:
    """What is hashed: all that the document says, without what a reader says of it."""
    return _canonical(document.model_dump(mode="json", exclude=_NOT_SIGNED, exclude_defaults=True))


def _canonical(value: Any) -> str:
    match value:
        case dict():  # names of fields are ASCII, whose order is the same in every encoding
            return "{" + ",".join(f"{json.dumps(name)}:{_canonical(value[name])}" for name in sorted(value)) + "}"
        case list():
            return "[" + ",".join(map(_canonical, value)) + "]"
        case float():
            return _number(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A finite number as ECMAScript's `Number::toString` writes it: `100`, `0.5`, `1e+21`."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int), "the contracts take finite numbers only"
    point = len(digits) + exponent  # where the decimal point stands, counted from the first digit
    if -6 < point <= 21:
        return format(Decimal((sign, digits, exponent)), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{'-' * sign}{first}{'.' * bool(rest)}{rest}e{point - 1:+d}"
