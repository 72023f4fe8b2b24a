"""GET /docs: the OpenAPI document as a page a person can read; no script, nothing from outside."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template

TEMPLATES = str(Path(__file__).with_name("templates"))
_VERBS = ("get", "post", "put", "delete")


def register(app: Flask, api: Any) -> None:
    """Serve the page for the document of *api*."""

    @app.get("/docs")
    def docs() -> Response:
        spec = api.described()
        page = render_template("docs.html", spec=spec, calls=_calls(spec), shapes=_shapes(spec))
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
        return response


def _calls(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"verb": verb.upper(), "path": path, **operation}
        for path, item in spec["paths"].items()
        for verb, operation in item.items()
        if verb in _VERBS
    ]


def _shapes(spec: dict[str, Any]) -> dict[str, Any]:
    shapes: dict[str, Any] = spec["components"]["schemas"]
    return shapes
