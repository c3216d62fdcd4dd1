"""XML out of files that strangers made: nothing is fetched, and no entity is expanded."""

from collections.abc import Container, Iterator
from typing import Any

from lxml import etree

from services.planner.reading.decoding import UnreadableDocument

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parsed(content: bytes) -> Any:
    """The root element. Raises UnreadableDocument (`broken`)."""
    try:
        root = etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise broken("the file's XML cannot be read", error) from None
    refuse_doctype(root)
    return root


def broken(what: str, error: Exception) -> UnreadableDocument:
    """The refusal for an error on opening. Raises MemoryError where there is no more, which libxml2 calls syntax."""
    if isinstance(error, etree.XMLSyntaxError) and error.code == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError
    return UnreadableDocument("broken", f"{what}: {type(error).__name__}")


def refuse_doctype(root: Any) -> None:
    """Raises UnreadableDocument (`broken`) for XML that defines entities: no office program writes such a document."""
    if root.getroottree().docinfo.doctype:
        raise UnreadableDocument("broken", "the file's XML has a document type of its own, as no office program writes")


def outermost(element: Any, tag: str, left_out: Container[str]) -> Iterator[Any]:
    """The elements of a tag below another, however deep, but none within another of them or within what is left out."""
    for child in element.iterchildren():
        if child.tag == tag:
            yield child
        elif isinstance(child.tag, str) and child.tag not in left_out:
            yield from outermost(child, tag, left_out)
