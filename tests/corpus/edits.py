"""Small edits of a text, made by chance: the ways a mutation may change a file."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

Edit = Callable[[str, Random], str]


def at(pattern: str, instead: Edit, within: str = "") -> Edit:
    """Change one match of *pattern*, found in one match of *within*, if that is given."""

    def edit(text: str, chance: Random) -> str:
        parts = [m.span() for m in re.finditer(within, text, re.MULTILINE)] if within else []
        start, end = chance.choice(parts) if parts else (0, 0 if within else len(text))
        spans = [m.span() for m in re.finditer(pattern, text[start:end], re.MULTILINE)]
        if not spans:
            return text
        low, high = (start + each for each in chance.choice(spans))
        return text[:low] + instead(text[low:high], chance) + text[high:]

    return edit


def other(pattern: str, within: str = "") -> Edit:
    """Replace one match by another text of the file that matches."""

    def edit(text: str, chance: Random) -> str:
        known = sorted(set(re.findall(pattern, text, re.MULTILINE)))
        return at(pattern, lambda _, c: c.choice(known), within)(text, chance) if known else text

    return edit


def lost(_found: str, _chance: Random) -> str:
    """Nothing instead."""
    return ""


def twice(found: str, _chance: Random) -> str:
    """The same again."""
    return found * 2


def one_of(texts: list[str], behind: str = "") -> Edit:
    """Any of *texts*, with *behind* after it."""
    return lambda _, chance: chance.choice(texts) + behind


def swapped(pairs: dict[str, str]) -> Edit:
    """The other of a pair."""
    both = {**pairs, **{b: a for a, b in pairs.items()}}
    return lambda found, _: both[found]


def with_bit_flipped(sign: str, chance: Random) -> str:
    """One bit of a byte the other way."""
    return bytes([ord(sign) ^ (1 << chance.randrange(8))]).decode(errors="surrogateescape")


def moved(day: str, chance: Random) -> str:
    """A day, a month or a year earlier or later."""
    days = chance.choice((-365, -30, -1, 1, 30, 365))
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def by_one(number: str, chance: Random) -> str:
    """One more or one less."""
    return str(int(number) + chance.choice((-1, 1)))


def piece_lost(join: str) -> Edit:
    """A line, or a paragraph, lost."""
    return _pieces(join, lambda pieces, one, _: pieces.pop(one))


def piece_twice(join: str) -> Edit:
    """A line, or a paragraph, twice."""
    return _pieces(join, lambda pieces, one, _: pieces.insert(one, pieces[one]))


def pieces_swapped(join: str) -> Edit:
    """Two lines, or two paragraphs, each in the place of the other."""

    def swap(pieces: list[str], one: int, other: int) -> None:
        pieces[one], pieces[other] = pieces[other], pieces[one]

    return _pieces(join, swap)


def _pieces(join: str, change: Callable[[list[str], int, int], object]) -> Edit:
    def edit(text: str, chance: Random) -> str:
        pieces = text.split(join)
        change(pieces, chance.randrange(len(pieces)), chance.randrange(len(pieces)))
        return join.join(pieces)

    return edit


def cut(text: str, chance: Random) -> str:
    """The beginning only."""
    return text[: chance.randrange(len(text))]
