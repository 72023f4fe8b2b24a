"""PUT /v1/people/{id}: the whole WASS truth about one person, at once."""

from datetime import datetime

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from service.feed.person import read_person
from service.feed.putting import known_to, put_person
from service.login.gather import active_court
from service.people.extract import Extract
from service.web.answers import answered, receipted
from service.web.callers import caller
from service.web.documented import tells
from service.web.person_schemas import PersonAnswer, PersonSchema
from service.web.promptly import promptly
from service.web.requests import read_object
from service.web.wired import instant, wiring

LARGEST_PERSON = 256 * 1024  # somebody may have thousands of properties
blueprint = Blueprint("people", __name__, description="What WASS says.")


@blueprint.put("/v1/people/<person:user_id>")
@tells(blueprint, PersonSchema, "people")
@blueprint.response(200, PersonAnswer, description="What changed")
def put_person_at(user_id: str) -> Response:
    """The whole truth about one person, as the feed would tell it; the next login follows it.

    What is absent or null is not known, and an absent list is empty. What the service owns
    (activity, unlocks, acceptances, staff, requests, flags) stays.
    """
    parts, by = wiring(), caller("people")
    as_of = instant()
    extract = _extract(user_id, as_of)

    def done(connection: Connection) -> bytes:
        spoken, written = put_person(
            connection, extract, courts=parts.courts, as_of=as_of, caller=by
        )
        return receipted(written, {"outcome": "done", "changes": spoken.counts})

    return answered(promptly(done))


def _extract(user_id: str, as_of: datetime) -> Extract:
    parts, body = wiring(), read_object(largest=LARGEST_PERSON)
    with parts.reader.begin() as connection:
        book = active_court(connection, parts.courts).book
        known = known_to(connection)
    return read_person(
        user_id,
        body,
        populations=frozenset(book.catalogue.populations),
        as_of=book.calendar.day_of(as_of),
        known=known,
    )
