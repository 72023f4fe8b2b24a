"""The Flask application, made from its parts."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from flask import Flask

from service.ledger.receipts import Signer, signing
from service.sealer.work import Sealer
from service.web import (
    authzen,
    authzen_searches,
    certifications,
    decisions,
    health,
    keys,
    ledger,
    logins,
    metrics,
    outlooks,
    pages,
    people,
    policies,
    policy_steps,
    reports,
    reviews,
    roles,
    staff,
    unlocks,
    who_can,
)
from service.web.described import Described
from service.web.discovery import discovery
from service.web.limits import Limits, Rates
from service.web.meters import Meters
from service.web.paths import register_kinds
from service.web.problems import register_problems
from service.web.requests import register_request_ids
from service.web.watching import BEGUN, watch
from service.web.wired import attach
from service.wiring import Wiring

_ABOUT = {
    "API_TITLE": "Gatehouse",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "May this person come in, now? A decision is a 200, allow or lock;"
            " anything else is no decision: let nobody in."
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    },
}


_DOORS = (
    logins,
    outlooks,
    staff,
    reports,
    unlocks,
    roles,
    certifications,
    people,
    policies,
    policy_steps,
    who_can,
    authzen,
    authzen_searches,
    decisions,
    reviews,
    keys,
    ledger,
    health,
    metrics,
)


class _Gate(Flask):
    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ[BEGUN] = perf_counter()
        return super().wsgi_app(environ, start_response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """*func* as it is: nothing here is asynchronous."""
        return func


def create_app(
    parts: Wiring, signer: Signer, sealer: Sealer | None = None, limits: Limits | None = None
) -> Flask:
    """An application that answers with *parts* and signs its receipts with *signer*.

    *sealer*: who seals the ledger in this process, to say what keeps it from that; *limits*: how
    often who may call (default: as often as they like).
    """
    app = bare_app(parts.public_url)
    wire_app(app, parts, signer, sealer, limits)
    return app


def bare_app(public_url: str) -> Flask:
    """An application with all doors, known to the world by *public_url*; nothing answers yet."""
    app = _Gate("gatehouse", static_folder=None, template_folder=pages.TEMPLATES)
    app.config.update(_ABOUT)
    register_request_ids(app)
    watch(app)
    api = Described(app)
    register_kinds(app, api)
    for module in _DOORS:
        api.register_blueprint(module.blueprint)
    api.register_blueprint(discovery(public_url))
    register_problems(app)
    pages.register(app, api)
    return app


def wire_app(
    app: Flask,
    parts: Wiring,
    signer: Signer,
    sealer: Sealer | None = None,
    limits: Limits | None = None,
) -> None:
    """Let *app* answer with these, as `create_app` says, and with nothing it was wired with."""
    signed = replace(parts, engine=signing(parts.engine, lambda: signer))
    attach(app, signed, sealer, Meters(), limits or Limits(Rates()))
