"""What stands in paths, as the document describes it; what it means is read behind the door."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.routing import UnicodeConverter

from models.types import LARGEST_NUMBER
from service.web.policy_schemas import DIGEST
from service.web.shapes import PERSON_ID


class _Person(UnicodeConverter):
    """A person's ID."""


class _Digest(UnicodeConverter):
    """The digest of a rulebook."""


class _Number(UnicodeConverter):
    """A number that the service gave out."""


_KINDS: dict[str, tuple[type[UnicodeConverter], dict[str, Any]]] = {
    "person": (_Person, {"type": "string", "pattern": PERSON_ID}),
    "digest": (_Digest, {"type": "string", "pattern": DIGEST}),
    "number": (_Number, {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}),
}


def register_kinds(app: Flask, api: Api) -> None:
    """Let paths of *app* hold `<person:...>`, `<digest:...>` and `<number:...>`."""
    for name, (kind, schema) in _KINDS.items():
        app.url_map.converters[name] = kind
        api.register_converter(kind, lambda _, schema=schema: schema)
