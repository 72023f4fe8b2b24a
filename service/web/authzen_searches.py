"""POST /access/v1/search/...: OpenID AuthZEN 1.0, who may, to what, and what may be done."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from service.ledger.entries import append_all, draw_up
from service.login.gather import active_court
from service.recertification.asking.question import Question
from service.recertification.asking.record import entry_of_search
from service.recertification.asking.searching import Found, Page, Search
from service.web.authzen_paging import Asked, asked_page, page_after
from service.web.authzen_problems import register_plain_problems
from service.web.authzen_reading import ACTION, RESOURCE, SUBJECT, read_body, read_question
from service.web.authzen_schemas import (
    ActionSearchSchema,
    ActionsFound,
    ResourceSearchSchema,
    ResourcesFound,
    SubjectSearchSchema,
    SubjectsFound,
)
from service.web.callers import caller
from service.web.documented import answers, evaluates
from service.web.idempotency import OF_A_LOGIN, answer_once
from service.web.wired import instant, wiring

blueprint = Blueprint("authzen_search", __name__, description="OpenID AuthZEN 1.0: searches.")
register_plain_problems(blueprint)
_Searching = Callable[[Search, Question, Page], Found]
#: How each is searched for, and what one of it is called by.
_SEARCHES: dict[str, tuple[_Searching, Callable[[Question, str], dict[str, str]]]] = {
    SUBJECT: (Search.subjects, lambda asked, one: {"type": asked.subject_type, "id": one}),
    RESOURCE: (Search.resources, lambda asked, one: {"type": asked.resource_type, "id": one}),
    ACTION: (Search.actions, lambda _, one: {"name": one}),
}


@blueprint.post("/access/v1/search/subject")
@evaluates(blueprint, SubjectSearchSchema, "search")
@answers(blueprint, SubjectsFound, "One page of the subjects")
def search_subjects() -> Response:
    """Who may do this to that? Each of them would be allowed if asked about alone.

    A page looks at two thousand people and may be short, even empty: go on, with the same request
    and `page.token`, until `next_token` is empty.
    """
    return _searched(SUBJECT)


@blueprint.post("/access/v1/search/resource")
@evaluates(blueprint, ResourceSearchSchema, "search")
@answers(blueprint, ResourcesFound, "One page of the resources")
def search_resources() -> Response:
    """To what of this type may this subject do this? Pages are turned as those of subjects."""
    return _searched(RESOURCE)


@blueprint.post("/access/v1/search/action")
@evaluates(blueprint, ActionSearchSchema, "search")
@answers(blueprint, ActionsFound, "The actions")
def search_actions() -> Response:
    """What may this subject do to that? An action that takes items is named where one would do."""
    return _searched(ACTION)


def _searched(name: str) -> Response:
    by, parts = caller("search"), wiring()
    as_of, body = instant(), read_body()
    question, asked = read_question(body, without=name), asked_page(name, body)
    search, called = _SEARCHES[name]
    with parts.reader.begin() as connection:
        court = active_court(connection, parts.courts)
        found = search(Search(connection, court, as_of), question, asked.page)
        entry = entry_of_search(name, question, found, court.book.digest, as_of, by)
        drawn = draw_up(connection, entry)
    told = {
        "page": _page(asked, found),
        "context": {"search_id": drawn.written.entry_id, "policy_digest": court.book.digest},
        "results": [called(question, each) for each in found.results],
    }

    def written(connection: Connection) -> bytes:
        append_all(connection, [drawn])
        return orjson.dumps(told)

    return answer_once(written, by=lambda: by, as_of=as_of, lives=OF_A_LOGIN)


def _page(asked: Asked, found: Found) -> dict[str, Any]:
    more = "" if found.through is None else page_after(asked, found.through)
    return {"next_token": more, "count": len(found.results)}
