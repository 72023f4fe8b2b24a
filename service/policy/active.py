"""The bench: rulebooks compiled once, by digest, each with its judge."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection

from models.engine import hurries
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.management_facts import Actor
from service.core.rulebook import Rulebook, read_rulebook
from service.policy.revisions import stored_texts

#: How many rulebooks stay compiled; each takes some megabytes.
_KEPT = 16


@dataclass(frozen=True, slots=True, eq=False)
class Court:
    """A rulebook and the judge that answers by it; *options*: what it said of equal actors,
    *calls*: of equal calls on a day."""

    book: Rulebook
    judge: Judge
    options: dict[tuple[Actor, str], tuple[str, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    calls: dict[tuple[Hashable, str, str], Decision] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )


def court_of(texts: Mapping[str, bytes]) -> Court:
    """Compile *texts*; raises RulebookError."""
    book = read_rulebook(texts)
    return Court(book, Judge(book))


class UnseenRevisionError(Exception):
    """A revision has to be compiled first, outside the transaction that others wait for."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        super().__init__(f"the revision {digest} is not compiled yet")


class Courts:
    """Finds the court of a digest; compiles a revision when first seen, once for all threads."""

    def __init__(self, courts: Mapping[str, Court] | None = None) -> None:
        self._courts = dict(courts or {})
        self._compiling = Lock()

    def of(self, digest: str, connection: Connection) -> Court:
        """The court of the revision *digest*; raises LookupError when none is stored.

        Raises UnseenRevisionError where *connection* hurries and it is not compiled yet.
        """
        court = self._courts.get(digest)
        if court is None and hurries(connection):
            raise UnseenRevisionError(digest)
        return court if court is not None else self._compile(digest, connection)

    def _compile(self, digest: str, connection: Connection) -> Court:
        with self._compiling:
            if digest not in self._courts:
                texts = stored_texts(connection, digest)
                if texts is None:
                    raise LookupError(f"no revision {digest or '(none active)'} is stored")
                court = court_of(texts)
                self._forget_the_oldest()
                self._courts[digest] = court
            return self._courts[digest]

    def _forget_the_oldest(self) -> None:
        while len(self._courts) >= _KEPT:
            del self._courts[next(iter(self._courts))]
