"""Idempotency-Key: who asks the same again gets the first answer, and nothing happens twice.

The answer is kept in the transaction of its decision, so that either both are there or neither.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from flask import Response, request
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from models.idempotency import Idempotency
from service.login.asked import BadlyAskedError
from service.people.caller import Caller
from service.web.answers import answered
from service.web.promptly import promptly
from service.web.requests import ACTOR
from service.wiring import Run

KEY, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
#: How long a key lives: of a login, and of a management call.
OF_A_LOGIN, OF_MANAGEMENT = timedelta(seconds=60), timedelta(hours=24)
_SHAPE = re.compile(r"[\x20-\x7e]{1,255}")
_Work = Callable[[Connection], bytes]


class _TakenMeanwhileError(Exception):
    """Another request with the same key was quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Who asks what, under which key, and until when the answer stands."""

    client: str
    key: str
    digest: str
    as_of: datetime
    expires_at: datetime


def answer_once(
    work: _Work,
    *,
    by: Callable[[], Caller],
    as_of: datetime,
    lives: timedelta,
    run: Run | None = None,
) -> Response:
    """The answer *work* makes in one transaction, or the first one under the same key.

    *by*: who asks, whose the key is; *run*: what does *work* that has no key. Raises
    BadlyAskedError for a key that is none, or that came with another request before.
    """
    if KEY not in request.headers:
        return answered(promptly(work, run))
    asked = _asked(by(), as_of, lives)
    try:
        return _answer(work, asked)
    except _TakenMeanwhileError:
        return _answer(work, asked)  # who was quicker has committed: its answer is there


def _asked(by: Caller, as_of: datetime, lives: timedelta) -> _Asked:
    key = request.headers[KEY]
    if not _SHAPE.fullmatch(key):
        raise BadlyAskedError({KEY: ["expected 1 to 255 printable ASCII characters"]})
    place = orjson.dumps([request.method, request.path, request.headers.get(ACTOR, "").upper()])
    digest = hashlib.sha256(place + b"\n" + request.get_data()).hexdigest()
    return _Asked(client=by.name, key=key, digest=digest, as_of=as_of, expires_at=as_of + lives)


def _answer(work: _Work, asked: _Asked) -> Response:
    def done(connection: Connection) -> tuple[bytes, bool]:
        first = _recall(connection, asked)
        if first is not None:
            return first, True
        answer = work(connection)
        _keep(connection, asked, answer)
        return answer, False

    answer, replayed = promptly(done)
    response = answered(answer)
    if replayed:
        response.headers[REPLAYED] = "true"
    return response


def _recall(connection: Connection, asked: _Asked) -> bytes | None:
    query = select(Idempotency.request_digest, Idempotency.answer).where(
        Idempotency.client == asked.client,
        Idempotency.key == asked.key,
        Idempotency.expires_at > asked.as_of,
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.request_digest != asked.digest:
        raise BadlyAskedError({KEY: ["expected a new key: this one came with another request"]})
    return bytes(row.answer)


def _keep(connection: Connection, asked: _Asked, answer: bytes) -> None:
    """Keep *answer*, in the place of an expired one; raises _TakenMeanwhileError."""
    expired = delete(Idempotency).where(
        Idempotency.client == asked.client,
        Idempotency.key == asked.key,
        Idempotency.expires_at <= asked.as_of,
    )
    connection.execute(expired)
    row = {"client": asked.client, "key": asked.key, "request_digest": asked.digest}
    kept = insert(Idempotency).values(**row, answer=answer, expires_at=asked.expires_at)
    try:
        connection.execute(kept)
    except IntegrityError as error:
        raise _TakenMeanwhileError from error
