"""Verifying a ledger while a bar shows how far that has come."""

from collections.abc import Callable, Iterable, Iterator

from rich.progress import Progress, TaskID
from sqlalchemy import Connection

from service.cli.shown import progress_bar
from service.ledger.reading import Kept, how_many, kept, stray
from service.ledger.verify import Damage, Evidence, Verdict, verify

_EVERY = 1000


def verified_in(connection: Connection, evidence: Evidence, what: str = "Entries") -> Verdict:
    """The ledger of a database held to *evidence*."""
    source, total, lost = (lambda: kept(connection)), how_many(connection), stray(connection)
    return verified(source, evidence, total, lost, what)


def verified(
    source: Callable[[], Iterable[Kept]],
    evidence: Evidence,
    total: int,
    lost: str = "",
    what: str = "Entries",
) -> Verdict:
    """The *total* entries of *source* held to *evidence*; *lost*: one the tree does not know."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=total)
        return verify(lambda: watched(source(), bar, task), evidence, stray=lost)


def watched(entries: Iterable[Kept], bar: Progress, task: TaskID) -> Iterator[Kept]:
    """The *entries*; the bar moves as they are taken."""
    for number, each in enumerate(entries, 1):
        if number % _EVERY == 0:
            bar.update(task, completed=number)
        yield each


def told(damage: Damage) -> str:
    """*damage*, in a sentence."""
    place = "" if damage.index is None else f", number {damage.index} of the tree"
    return f"{damage.how}: {damage.entry_id or 'the end'}{place}: {damage.message}"
