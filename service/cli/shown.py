"""What commands share: exit codes, the parts, and showing an answer as text or JSON."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from service.settings import Settings
from service.wiring import Wiring, wire

YES, NO, WRONGLY_ASKED, NO_ANSWER = range(4)
_WIDEST = 200
_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """Give a command the option --json."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    return option(command)


def parts() -> Wiring:
    """The parts, wired by the environment."""
    settings = click.get_current_context().find_object(Settings)
    assert settings is not None
    return wire(settings)


def print_json(document: Any, *, indent: bool = False) -> None:
    """Print *document* as JSON."""
    option = orjson.OPT_INDENT_2 if indent else 0
    click.echo(orjson.dumps(document, option=option).decode())


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table for a person to read; its lines break only where a terminal ends."""
    table = Table(*headings, box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else _WIDEST
    Console(highlight=False, soft_wrap=True, width=width).print(table)


def worded(value: Any) -> str:
    """A cell of a table: nothing, yes or no, an instant, a list or whatever it is."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case list():
            return ", ".join(value)
        case _:
            return str(value)


def leave(code: int, message: str = "") -> NoReturn:
    """End the command with *code*, saying *message* on standard error."""
    if message:
        click.echo(message, err=True)
    raise click.exceptions.Exit(code)


def progress_bar() -> Progress:
    """A progress bar on standard error, shown when a terminal watches."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
