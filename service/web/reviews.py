"""GET /v1/reviews/...: what a security reviewer asks, a door for each question."""

from collections.abc import Callable

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from service.recertification.review.asked import asked
from service.recertification.review.paging import page_of
from service.recertification.review.questions import QUESTIONS, Question, meaning
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists
from service.web.loading import asked_for
from service.web.review_schemas import REVIEWS, page_answer, page_query
from service.web.wired import instant, wiring

blueprint = Blueprint("reviews", __name__, description="What a reviewer asks.")


def _door(question: Question, query: Schema) -> Callable[[], Response]:
    """What answers *question*, a page at a time."""

    def show() -> Response:
        caller("reviews")
        given = asked_for(query)
        parts, cursor = wiring(), given.get("cursor", "")
        with parts.reader.begin() as connection:
            about = asked(connection, parts.courts, instant(), cursor)
            rows, more = page_of(question(about), given["limit"])
        book = about.court.book
        told = {"policy_digest": book.digest, "as_of": about.as_of.astimezone(book.calendar.zone)}
        return shown({"rows": rows, "next_cursor": more, **told})

    show.__doc__ = meaning(question)
    return show


for _name, _question in QUESTIONS.items():
    _cursor, _row = REVIEWS[_name]
    _shape = _row.__name__.removesuffix("Schema")
    _query = page_query(_shape, _cursor)
    _show = _door(_question, _query())
    _show.__name__ = _question.__name__
    for _tell in (
        blueprint.response(200, page_answer(_shape, _row), description="One page"),
        lists(blueprint, _query, "reviews"),
        blueprint.get(f"/v1/reviews/{_name}"),
    ):
        _show = _tell(_show)
