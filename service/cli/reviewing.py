"""gatehouse review: what a security reviewer asks, a command for each question."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import click
from rich.markup import escape

from service.cli.shown import json_option, parts, print_json, print_table, progress_bar, worded
from service.recertification.review.asked import Asked, asked
from service.recertification.review.paging import Row
from service.recertification.review.questions import QUESTIONS, Question, meaning


@click.group()
def review() -> None:
    """Questions a security reviewer asks of the record and of the people, as of today."""


def _command(name: str, question: Question) -> click.Command:
    """The command that answers *question*."""

    @click.command(name, help=meaning(question))
    @click.option("--limit", type=click.IntRange(1), help="So many at most (default: all).")
    @json_option
    def answer(limit: int | None, as_json: bool) -> None:
        wiring = parts()
        with wiring.reader.begin() as connection:
            about = asked(connection, wiring.courts, wiring.clock())
            rows = _looked_up(name, question, about, limit)
        if as_json:
            print_json({"question": name, "as_of": about.as_of, "rows": rows})
        else:
            _show(rows)

    return answer


def _looked_up(name: str, question: Question, about: Asked, limit: int | None) -> list[Row]:
    with progress_bar() as bar:
        bar.add_task(name, total=None)
        return list(islice(question(about), limit))


def _show(rows: Sequence[Row]) -> None:
    if not rows:
        click.echo("Nobody and nothing.")
        return
    columns = _columns(rows[0])
    cells = ([_word(getattr(row, name)) for name in columns] for row in rows)
    print_table([name.upper().replace("_", " ") for name in columns], cells)


def _columns(row: Row) -> list[str]:
    assert is_dataclass(row)
    return [each.name for each in fields(row)]


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.replace(microsecond=0)
    return escape(worded(value))


for _name, _question in QUESTIONS.items():
    review.add_command(_command(_name, _question))
