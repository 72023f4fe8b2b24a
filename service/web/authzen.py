"""POST /access/v1/evaluation and evaluations: OpenID AuthZEN 1.0, the questions.

Read, judged and signed before the right to write is asked for: a question does nothing, so its
answer may be that of a moment between question and answer, and the writing is all that waits.
"""

from datetime import datetime
from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from service.ledger.entries import Drawn, append_all, draw_up
from service.login.gather import active_court
from service.people.caller import Caller
from service.recertification.asking.answer import explained
from service.recertification.asking.judging import Bench
from service.recertification.asking.known import look_up
from service.recertification.asking.record import entry_of
from service.web.authzen_answers import context_of, of_the_wrong
from service.web.authzen_problems import register_plain_problems
from service.web.authzen_reading import (
    Batch,
    read_batch,
    read_body,
    read_item,
)
from service.web.authzen_schemas import (
    BatchAnswer,
    BatchSchema,
    EvaluationAnswer,
    EvaluationSchema,
)
from service.web.callers import caller
from service.web.documented import answers, evaluates
from service.web.idempotency import OF_A_LOGIN, answer_once
from service.web.noted import Decided, noted
from service.web.wired import instant, wiring

blueprint = Blueprint("authzen", __name__, description="OpenID AuthZEN 1.0.")
register_plain_problems(blueprint)


@blueprint.post("/access/v1/evaluation")
@evaluates(blueprint, EvaluationSchema, "evaluate")
@answers(blueprint, EvaluationAnswer, "The decision; a deny is a 200 too")
def evaluate() -> Response:
    """May this subject do this to that? The decision of the gate or of the subsystem, while
    nothing is done.

    Subjects are of the type `user`. `login` and `accept_rob` are asked of an `entry` (also of
    another system), `open_property` of a `property`, every action of the subsystem of the `user`
    it would be done to; one that names nobody, of the coordinator whose list it shows. What is
    unknown is a deny. `"context": {"gatehouse": {"explain": true}}` asks for the reasons.
    """
    by, as_of = caller("evaluate"), instant()
    item = read_item(read_body())
    (answer,), drawn = _answered(Batch([item]), by, as_of)
    return _kept(answer, drawn, by, as_of)


@blueprint.post("/access/v1/evaluations")
@evaluates(blueprint, BatchSchema, "evaluate")
@answers(blueprint, BatchAnswer, "The decisions, in the order of the questions")
def evaluate_all() -> Response:
    """Up to a thousand such questions at once, in at most 256 KiB.

    What an item does not give it has whole from beside `evaluations`; one that lacks something is
    a deny with `context.error`. Without items it is a single question, answered as one.
    """
    by, as_of = caller("evaluate"), instant()
    body = read_body()
    batch = read_batch(body)
    found, drawn = _answered(batch or Batch([read_item(body)]), by, as_of)
    return _kept({"evaluations": found} if batch else found[0], drawn, by, as_of)


def _answered(
    batch: Batch, by: Caller, as_of: datetime
) -> tuple[list[dict[str, Any]], list[Drawn]]:
    """The answers to *batch*, up to the one it ends at, and the entries that keep them."""
    parts = wiring()
    found, drawn = list[dict[str, Any]](), list[Drawn]()
    asked = [each.question for each in batch.items if each.question is not None]
    with parts.reader.begin() as connection:
        court = active_court(connection, parts.courts)
        bench = Bench(look_up(connection, asked), court, as_of)
        for item in batch.items:
            answer = of_the_wrong(item)
            if item.question is not None:
                evaluated = bench(item.question)
                drawn.append(draw_up(connection, entry_of(evaluated, as_of, by)))
                more = explained(connection, evaluated, as_of) if item.explain else None
                context = context_of(evaluated, drawn[-1].written, more, parts.public_url)
                answer = {"decision": evaluated.decision.allowed, "context": context}
            found.append(answer)
            if answer["decision"] is batch.ends_at:
                break
    return found, drawn


def _kept(answer: dict[str, Any], drawn: list[Drawn], by: Caller, as_of: datetime) -> Response:
    """*answer*, once what keeps it is written."""
    told = orjson.dumps(answer)
    rows = (each.row for each in drawn)
    noted().decided += [Decided(row["id"], row["outcome"], row["reason"]) for row in rows]

    def written(connection: Connection) -> bytes:
        append_all(connection, drawn)
        return told

    return answer_once(written, by=lambda: by, as_of=as_of, lives=OF_A_LOGIN)
