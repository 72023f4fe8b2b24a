"""Writing every flip as it is found, as CSV or into one JSON document: none is held in memory."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TextIO

import click
import orjson

from service.login.asked import BadlyAskedError
from service.login.impact.change import Flip
from service.login.impact.tally import Tally
from service.policy.situation import Answer

#: The file that is standard output.
HERE = "-"
_COLUMNS = (
    *("person_id", "organisation", "entry", "direction"),
    *("before", "before_reason", "after", "after_reason"),
    *("properties_opened", "properties_refused", "properties_refused_otherwise"),
    *("day", "days", "decision_id"),
)
Write = Callable[[Flip], object]


def flip_writers(csv_file: str, as_json: bool, stack: ExitStack) -> Iterator[Write]:
    """Where flips go; *stack* closes it. Raises BadlyAskedError for a file that cannot be."""
    if as_json:
        yield _to_json()
    if csv_file == HERE:
        yield _to_csv(sys.stdout)
    elif csv_file:
        yield _to_csv(stack.enter_context(opened(csv_file)))


def opened(file: str) -> TextIO:
    """*file*, to be written; raises BadlyAskedError."""
    try:
        return open(file, "w", encoding="utf-8", newline="")
    except OSError as error:
        raise BadlyAskedError({"--csv": [str(error)]}) from None


def _to_csv(file: TextIO) -> Write:
    """A writer of flips to *file*, below the names of the columns."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    return lambda flip: writer.writerow(_cells(flip))


def _to_json() -> Write:
    """A writer of flips as the beginning of a JSON document; `end_json` ends it."""
    begin = iter(('{"flips":[',))

    def write(flip: Flip) -> None:
        plain = dict(zip(_COLUMNS, _cells(flip), strict=True))
        click.echo(next(begin, ",") + orjson.dumps(plain).decode(), nl=False)

    return write


def end_json(about: dict[str, Any], tally: Tally) -> None:
    """The rest of the document: *about* what it is, and all counts."""
    rest = {**about, **counted(tally)}
    begin = "]," if tally.flips else '{"flips":[],'
    click.echo(begin + orjson.dumps(rest).decode().removeprefix("{"))


def counted(tally: Tally) -> dict[str, Any]:
    """All counts, as a document."""
    return {
        "looked_at": tally.looked_at,
        "flipped": tally.flipped,
        "properties": tally.properties,
        "counts": [
            {"direction": direction, "entry": entry, "before": before, "after": after, "count": n}
            for (direction, entry, before, after), n in tally.ways.most_common()
        ],
        "organisations": [
            {"organisation": organisation, "direction": direction, "count": n}
            for (organisation, direction), n in tally.organisations.most_common()
        ],
    }


def _cells(flip: Flip) -> Sequence[str | int]:
    change, properties = flip.change, flip.change.properties
    return (
        *(flip.person_id, flip.organisation, change.entry, change.direction),
        *(word(change.before), change.before.reason, word(change.after), change.after.reason),
        *(properties.opened, properties.refused, properties.otherwise),
        *(flip.day, flip.days, flip.decision_id),
    )


def word(answer: Answer) -> str:
    """Allow or lock."""
    return "allow" if answer.allowed else "lock"
