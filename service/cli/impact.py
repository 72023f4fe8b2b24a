"""gatehouse policy impact: who would be decided otherwise, before it counts."""

from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import Engine

from service.cli.asked import as_of
from service.cli.login import said
from service.cli.looking import STRETCH, look_through
from service.cli.shown import (
    NO,
    NO_ANSWER,
    WRONGLY_ASKED,
    YES,
    json_option,
    leave,
    parts,
)
from service.cli.telling import DECISIONS, PEOPLE, print_tally
from service.cli.writing import HERE, end_json, flip_writers
from service.clock import Clock
from service.core.calendar import Calendar
from service.core.findings import RulebookError
from service.core.rulebook import digest_of, read_rulebook
from service.login.asked import BadlyAskedError
from service.login.impact.decisions import Decisions
from service.login.impact.people import People, check_populations
from service.login.impact.question import Question
from service.login.impact.tally import Tally
from service.login.stretch import Stretch
from service.policy.candidate import active_texts
from service.policy.difference import Texts
from service.policy.named import texts_named
from service.wiring import Wiring

_MOST_DAYS = 36_500
_DAY = "YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class _Options:
    """Of whom and where to, as it was asked."""

    day: str = ""
    until: str = ""
    decisions: int | None = None
    csv_file: str = ""
    as_json: bool = False

    def check(self) -> None:
        """Raise BadlyAskedError for options that do not go together."""
        if sum(map(bool, (self.day, self.until, self.decisions))) > 1:
            raise BadlyAskedError({"--day": ["expected one of --day, --until and --decisions"]})
        if self.csv_file == HERE and self.as_json:
            raise BadlyAskedError({"--csv": ["expected a file, for --json is told here"]})

    def whom(self, clock: Clock, calendar: Calendar) -> People | Decisions:
        """Of whom; raises BadlyAskedError for a day that is none."""
        if self.decisions:
            return Decisions(clock() - timedelta(days=self.decisions))
        if not self.until:
            return People((as_of(self.day, clock, calendar),))
        today, last = calendar.day_of(clock()), self.until
        try:
            noons = as_of(today, clock, calendar), as_of(last, clock, calendar)
        except BadlyAskedError as error:
            raise BadlyAskedError({"--until": error.errors["--day"]}) from None
        days = (noons[1].date() - noons[0].date()).days
        if days < 0:
            raise BadlyAskedError({"--until": [f"expected a day from {today} on, found `{last}`"]})
        return People(tuple(noons[0] + timedelta(days=n) for n in range(days + 1)))


@click.command("impact")
@click.argument("name", metavar="A")
@click.option("--day", default="", metavar=_DAY, help="On that day, not today.")
@click.option("--until", default="", metavar=_DAY, help="On every day from today to that one.")
@click.option(
    "--decisions",
    type=click.IntRange(1, _MOST_DAYS),
    metavar="DAYS",
    help="Of the logins decided in the last so many days, not of the people.",
)
@click.option("--csv", "csv_file", default="", metavar="FILE", help="Write every flip; `-`: here.")
@json_option
def impact_command(name: str, **asked: Any) -> None:
    """Who would be decided otherwise by A than by the active policies.

    A is a folder, the digest of a stored revision (or its first letters) or a git revision of the
    shipped policies. Everybody in the database is judged by both, at every entry; or, with
    --decisions, each login the ledger recorded is judged again from its record. Records nothing.
    Exit code 0 when nobody is decided otherwise, 1 when somebody is.
    """
    options, wiring = _Options(**asked), parts()
    try:
        options.check()
        with wiring.reader.begin() as connection:
            _, before = active_texts(connection)
            after = texts_named(name, connection)
        question, stretches = _question(before, after, options, wiring)
        tally = _look(question, stretches, options, wiring.engine)
    except RulebookError as error:
        leave(WRONGLY_ASKED, f"policy impact: {error}")
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "policy impact"))
    except BrokenProcessPool:
        leave(NO_ANSWER, "policy impact: a process that looked at people ended before its time")
    _tell(tally, question, options)
    leave(NO if tally.flipped else YES)


def impact_today(before: Texts, after: Texts, wiring: Wiring) -> Tally:
    """Who of the people in the database would be decided otherwise today, by *after*.

    Raises LookupError when somebody has no population there.
    """
    everybody = _Options()
    question, stretches = _question(before, after, everybody, wiring)
    return _look(question, stretches, everybody, wiring.engine)


def _question(
    before: Texts, after: Texts, options: _Options, wiring: Wiring
) -> tuple[Question, list[Stretch]]:
    """What is asked, and everybody it is about."""
    with wiring.reader.begin() as connection:
        check_populations(connection, read_rulebook(after))
        whom = options.whom(wiring.clock, read_rulebook(before).calendar)
        return Question(before, after, whom), whom.stretches(connection, STRETCH)


def _look(
    question: Question, stretches: list[Stretch], options: _Options, engine: Engine
) -> Tally:
    """See everybody, write down every flip as asked, and count."""
    tally = Tally()
    with ExitStack() as stack:
        writers = list(flip_writers(options.csv_file, options.as_json, stack))
        for stretch, seen in look_through("Impact", question, stretches, engine):
            tally.looked_at += stretch.rows
            for flips in seen:
                tally.add(flips)
                for write in writers:
                    for flip in flips:
                        write(flip)
    return tally


def _tell(tally: Tally, question: Question, options: _Options) -> None:
    if options.as_json:
        end_json(_about(question), tally)
    elif options.csv_file != HERE:
        told = PEOPLE if isinstance(question.of, People) else DECISIONS
        print_tally(tally, told, over_days=bool(options.until))


def _about(question: Question) -> dict[str, Any]:
    """What a JSON document says was asked: from which to which rulebook, and of whom."""
    of = question.of
    digests = {"from": digest_of(question.before), "to": digest_of(question.after)}
    if isinstance(of, People):
        return {**digests, "of": "people", "at": [each.isoformat() for each in of.at]}
    return {**digests, "of": "decisions", "since": of.since.isoformat()}
