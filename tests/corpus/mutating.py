"""Mutations of the policy texts, as slips of the pen, bad disks and clever hands make them.

Mutation number n is the same on every machine.
"""

from dataclasses import dataclass
from random import Random

from service.core.calendar import CALENDAR_FILE
from service.core.catalogue import ROLES_FILE, SYSTEMS_FILE
from service.core.rulebook import FILES
from tests.core.policy_texts import LOGIN, OPEN_PROPERTY, Texts, shipped
from tests.corpus.edits import (
    Edit,
    at,
    by_one,
    cut,
    lost,
    moved,
    one_of,
    other,
    piece_lost,
    piece_twice,
    pieces_swapped,
    swapped,
    twice,
    with_bit_flipped,
)

_SHIPPED = shipped()
#: Every file, and thrice those that most decisions hang on.
_FILES = [*FILES, *[CALENDAR_FILE, ROLES_FILE, SYSTEMS_FILE, LOGIN, OPEN_PROPERTY] * 2]
_TRIES = 50
_ROW = r"^(?:p, |[!(r']).*$"
_DAY = r"\d{4}-\d\d-\d\d"
_OPERATORS = ["==", "!=", "<", "<=", ">", ">="]
_SECTION = r"^ {2}[-\w].*\n(?: {3,}.*\n)+"
_SIGNS = [*"!'\"#,;: .()&|=-09Ap\t\r\n\0", "\u00a0", "\u0430"]
_CODES = ["rob", "tracs_menu", "imax", "imax_admin", "imax_ws", "TCC", "TCR", "TRACS", "IMAX"]
_MARKS = [
    f"    {mark}: true\n"
    for mark in (
        *("property_scope", "coordinator_needs_bpr", "rob_page", "names_properties", "action"),
        *("property_assignment", "contract_assignment", "self_service", "shown_as_locked"),
        "unseen_by_coordinators",
    )
]
_ANYWHERE: dict[str, Edit] = {
    "a bit flipped": at(r"[ -~]", with_bit_flipped),
    "a sign lost": at(r".", lost),
    "a sign twice": at(r".", twice),
    "a sign put in": at(r"", one_of(_SIGNS)),
    "another case": at(r"[A-Za-z]", lambda sign, _: sign.swapcase()),
    "another word": other(r"\w+"),
    "a line lost": piece_lost("\n"),
    "a line twice": piece_twice("\n"),
    "two lines swapped": pieces_swapped("\n"),
    "cut": cut,
}
_IN_ROWS: dict[str, Edit] = {
    "a number by one": at(r"(?<![-\w'])\d+(?![-\w'])", by_one, _ROW),
    "a day moved": at(_DAY, moved, _ROW),
    "another operator": at(r"[<>=!]=|[<>]", one_of(_OPERATORS), _ROW),
    "negated": at(r"(?<![!.\w])(?=r\.|\()", one_of(["!"]), _ROW),
    "no longer negated": at(r"!(?=[r(])", lost, _ROW),
    "and for or": at(r"&&|\|\|", swapped({"&&": "||"}), _ROW),
    "a part lost": at(r" (?:&&|\|\|) [^&|]+?(?= &&| \|\||\)|$)", lost, _ROW),
    "allow for deny": at(r"(?<=, )(?:allow|deny)(?=,)", swapped({"allow": "deny"}), _ROW),
    "another code": other(r"'[A-Za-z_]+'", _ROW),
    "another fact": other(r"r\.[a-z_.]+\b", _ROW),
    "another reason": other(r"(?<=, )[A-Z_]{2,}(?=,)", _ROW),
    "a row lost": piece_lost("\n\n"),
    "a row twice": piece_twice("\n\n"),
    "two rows swapped": pieces_swapped("\n\n"),
}
_IN_DATA: dict[str, Edit] = {
    "a day moved": at(_DAY, moved),
    "a number by one": at(r"(?<=: )\d+$", by_one),
    "yes for no": at(r"(?<=: )(?:true|false)$", swapped({"true": "false"})),
    "another value": other(r"(?<=: ).+$"),
    "another key": other(r"^ *[\w-]+(?=:)"),
    "an item lost": at(r"(?<=\[)[\w-]+, |, [\w-]+(?=\])", lost),
    "an item more": at(r"(?<=\[)(?=\w)", one_of(_CODES, ", ")),
    "a list emptied": at(r"(?<=: )\[.*\]$", one_of(["[]"])),
    "a mark set": at(r"^(?= +meaning:)", one_of(_MARKS)),
    "a section lost": at(_SECTION, lost),
    "a section twice": at(_SECTION, twice),
    "a sentence of rules changed": at(r"[<>=!]=|[<>]|&&|\|\|", one_of(_OPERATORS)),
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """What was done to which file, and the texts that came of it."""

    name: str
    file: str
    texts: Texts

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def mutation(number: int) -> Mutation:
    """The mutation of that *number*: one file of the shipped texts, changed in one way."""
    chance, file = Random(number), _FILES[number % len(_FILES)]
    kinds, text = _kinds_for(file), _SHIPPED[file].decode()
    for _ in range(_TRIES):
        name, edit = chance.choice(kinds)
        after = edit(text, chance)
        if after != text:
            raw = after.encode(errors="surrogateescape")
            return Mutation(name, file, {**_SHIPPED, file: raw})
    raise AssertionError(f"nothing could be changed in {file}")


def _kinds_for(file: str) -> list[tuple[str, Edit]]:
    """What may be done to *file*: what has a meaning there three times as often."""
    meant = _IN_DATA if file.endswith(".yaml") else _IN_ROWS
    return [*_ANYWHERE.items(), *list(meant.items()) * 3]
