"""The header of one CSV file: which columns a file has, and where each of ours stands in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.feed.bad_rows import BadRows
from service.feed.cells import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a file: its key, what else it must have, and what it may have."""

    key: tuple[str, ...]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    #: HUD's name in small letters -> ours ("": none), the best first. Where one of them stands,
    #: the file is HUD's, and columns that nobody knows are passed over.
    hud: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there, and filled in every row."""
        return self.key + self.needed

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, by our names."""
        return self.required + self.optional


def note_header(file: str, header: list[str], *, table: Table, bad_rows: BadRows) -> None:
    """Note in *bad_rows* every column that is unknown, there twice, or not there."""
    names = Counter(_names(header, table))
    hud = not table.hud.keys().isdisjoint(names)
    for name, times in names.items():
        if times > 1:
            bad_rows.add(file, 1, field=shown(name), expected=f"each column once, found {times}")
        if not hud and name not in table.columns:
            known = f"one of the columns {', '.join(table.columns)}"
            bad_rows.add(file, 1, field=shown(name), expected=f"{known}, found `{shown(name)}`")
    for name in missing(header, table):
        bad_rows.add(file, 1, field=name, expected="this column in the header")


def missing(header: list[str], table: Table) -> list[str]:
    """The columns that have to be there, and are not."""
    found = dict(picks(header, table))
    return [name for name in table.required if name not in found]


def picks(header: list[str], table: Table) -> list[tuple[str, int]]:
    """Each of our columns with its place, the better of two sources last."""
    ours = {name: name for name in table.columns} | dict(table.hud)
    places = {name: at for at, name in enumerate(_names(header, table))}
    found = [(ours[name], places[name]) for name in ours if ours[name] and name in places]
    return found[::-1]


def _names(header: list[str], table: Table) -> list[str]:
    names = [name.strip(" ") for name in header]
    return [name.lower() for name in names] if table.hud else names
