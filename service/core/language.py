"""The language of conditions, read by our own tokens and grammar, never by Python's.

condition  = both { "||" both }
both       = one { "&&" one }
one        = "(" condition ")" | "!" "(" condition ")" | "!" yes_no_fact | atom
atom       = yes_no_fact | fact operator (constant | fact) | constant "in" codes_fact
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from service.core.conditions import MEMBER, Atom, Condition, Joined, Not
from service.core.facts import Declared, Kind

_TOKEN = re.compile(
    r"""(?P<space>\ +)
      | (?P<fact>r\.[a-z_]+(?:\.[a-z_]+)*(?![A-Za-z0-9_.]))
      | (?P<text>'[A-Za-z0-9_-]*')
      | (?P<number>(?:0|[1-9][0-9]*)(?![A-Za-z0-9_.]))
      | (?P<compare>==|!=|<=|>=|<|>)
      | (?P<in>(?<=[ ])in(?=[ ]))
      | (?P<mark>&&|\|\||!|\(|\))
    """,
    re.VERBOSE | re.ASCII,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ORDERED = {Kind.COUNT, Kind.DAY}
_LONGEST_NUMBER = 6
_DEEPEST = 8
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
# A law is read once for each action: it holds for those that know its facts.
_REMEMBERED = 1000

Vocabulary = Mapping[str, Declared]
#: The codes of each list of the catalogue; None while the catalogue itself cannot be read.
Codes = Mapping[str, frozenset[str]] | None


class LanguageError(Exception):
    """Text that is not of the language; the message is for the author."""


class UnknownFactError(LanguageError):
    """A fact that is not one of the vocabulary; those of another action may be."""


def parse(text: str, vocabulary: Vocabulary, codes: Codes) -> Condition:
    """Read a condition that may use the facts of *vocabulary* and the *codes* of each list.

    Raises LanguageError.
    """
    return _Parser(text, vocabulary, codes).whole()


def read_day(text: str) -> str:
    """The day that *text* names, exactly YYYY-MM-DD; raises LanguageError."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise LanguageError(f"expected a day as YYYY-MM-DD, found `{text}`")
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise LanguageError(f"expected a day of the years {_FIRST_YEAR} to {_LAST_YEAR}: `{text}`")
    return text


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary, codes: Codes) -> None:
        self._tokens = list(_tokens(text))
        self._depth = 0
        self._vocabulary = vocabulary
        self._codes = codes

    def whole(self) -> Condition:
        condition = self._any_of()
        self._take("end", "`&&`, `||` or the end of the row")
        return condition

    def _any_of(self) -> Condition:
        return self._joined_by("||", self._all_of)

    def _all_of(self) -> Condition:
        return self._joined_by("&&", self._one)

    def _joined_by(self, mark: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._next_is("mark", mark):
            self._tokens.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(mark, tuple(parts))

    def _one(self) -> Condition:
        if self._next_is("mark", "("):
            return self._in_parentheses()
        if not self._next_is("mark", "!"):
            return self._atom()
        self._tokens.pop(0)
        return Not(self._in_parentheses() if self._next_is("mark", "(") else self._bare_fact())

    def _in_parentheses(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise LanguageError(f"expected at most {_DEEPEST} parentheses inside each other")
        self._tokens.pop(0)
        condition = self._any_of()
        self._take("mark", "a closing parenthesis", ")")
        self._depth -= 1
        return condition

    def _bare_fact(self) -> Atom:
        fact = self._fact("a yes/no fact or a parenthesis behind `!`")
        if fact.kind is not Kind.YES_NO:
            raise LanguageError(f"expected a yes/no fact behind `!`, found `r.{fact.path}`")
        return Atom(fact.path)

    def _atom(self) -> Atom:
        if self._next_is("text"):
            return self._membership()
        fact = self._fact("a fact on the left (r.user..., r.today, ...)")
        if fact.kind is Kind.YES_NO:
            if self._next_is("compare"):
                raise LanguageError(f"r.{fact.path} is yes/no: write it alone, or `!` before it")
            return Atom(fact.path)
        if fact.kind is Kind.CODES:
            raise LanguageError(f"r.{fact.path} is a list of codes: write 'CODE' in r.{fact.path}")
        compare = self._take("compare", f"an operator behind r.{fact.path} ({fact.kind})")
        if compare not in ("==", "!=") and fact.kind not in _ORDERED:
            raise LanguageError(f"r.{fact.path} is a code: only == and != compare it")
        return self._compared(fact, compare)

    def _membership(self) -> Atom:
        text = self._take("text", "a code in single quotes").strip("'")
        self._take("in", f"a fact on the left, or `in` behind '{text}'")
        fact = self._fact("a fact that is a list of codes behind `in`")
        if fact.kind is not Kind.CODES:
            raise LanguageError(
                f"expected a list of codes behind `in`, r.{fact.path} is {fact.kind}"
            )
        return Atom(fact.path, MEMBER, self._known_code(text, fact))

    def _compared(self, fact: Declared, compare: str) -> Atom:
        kind, word = self._tokens[0]
        if kind != "fact":
            return Atom(fact.path, compare, self._constant(fact))
        other = self._fact("a fact")
        if (other.kind, other.codes) != (fact.kind, fact.codes):
            raise LanguageError(f"r.{fact.path} is a {fact.kind}, `{word}` is a {other.kind}")
        return Atom(fact.path, compare, other_fact=other.path)

    def _constant(self, fact: Declared) -> str | int:
        if fact.kind is Kind.COUNT:
            number = self._take("number", f"a number behind r.{fact.path}")
            if len(number) > _LONGEST_NUMBER:
                raise LanguageError(f"expected a number of at most {_LONGEST_NUMBER} digits")
            return int(number)
        text = self._take("text", f"text in single quotes behind r.{fact.path}").strip("'")
        if fact.kind is Kind.DAY:
            return text and read_day(text)
        return self._known_code(text, fact)

    def _known_code(self, text: str, fact: Declared) -> str:
        if self._codes is not None and text not in self._codes[fact.codes]:
            known = ", ".join(sorted(self._codes[fact.codes]))
            raise LanguageError(f"unknown code `{text}` for r.{fact.path}; known: {known}")
        return text

    def _fact(self, expected: str) -> Declared:
        path = self._take("fact", expected).removeprefix("r.")
        if path not in self._vocabulary:
            raise UnknownFactError(_unknown_fact(path, self._vocabulary))
        return self._vocabulary[path]

    def _next_is(self, kind: str, word: str = "") -> bool:
        return self._tokens[0][0] == kind and word in ("", self._tokens[0][1])

    def _take(self, kind: str, expected: str, word: str = "") -> str:
        if not self._next_is(kind, word):
            raise LanguageError(f"expected {expected}, found `{self._tokens[0][1]}`")
        return self._tokens.pop(0)[1]


@lru_cache(maxsize=_REMEMBERED)
def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise LanguageError(_what_is_wrong(text[at:]))
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
        if match.group() in ("&&", "||") and f" {text} "[at : at + 4] != f" {match.group()} ":
            raise LanguageError(f"expected a space on both sides of `{match.group()}`")
        at = match.end()
    return (*found, ("end", "the end of the row"))


def _what_is_wrong(rest: str) -> str:
    hints = {
        "=": "expected `==`, found a single `=`",
        '"': "expected text in single quotes, found a double quote",
        "#": "expected no comment behind a row: put it on a line of its own above",
        "&": "expected `&&`, found a single `&`",
        "|": "expected `||`, found a single `|`",
    }
    return hints.get(rest[0], f"expected a fact, a constant or an operator, found `{rest[:20]}`")


def _unknown_fact(path: str, vocabulary: Vocabulary) -> str:
    group = path.partition(".")[0]
    near = [f"r.{known}" for known in vocabulary if known.partition(".")[0] == group]
    known = ", ".join(near or [f"r.{each}" for each in vocabulary])
    return f"unknown fact r.{path}; known: {known}"
