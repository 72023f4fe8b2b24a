"""The bench: rulebooks compiled once, by digest, each with its judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection

from service.core.judge import Judge
from service.core.management_facts import Actor
from service.core.rulebook import Rulebook, read_rulebook
from service.policy.revisions import stored_texts


@dataclass(frozen=True, slots=True)
class Court:
    """A rulebook and the judge that answers by it; *options*: what it said of equal actors."""

    book: Rulebook
    judge: Judge
    options: dict[tuple[Actor, str], tuple[str, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )


def court_of(texts: Mapping[str, bytes]) -> Court:
    """Compile *texts*; raises RulebookError."""
    book = read_rulebook(texts)
    return Court(book, Judge(book))


class Courts:
    """Finds the court of a digest; compiles a revision when first seen, once for all threads."""

    def __init__(self, courts: Mapping[str, Court] | None = None) -> None:
        self._courts = dict(courts or {})
        self._compiling = Lock()

    def of(self, digest: str, connection: Connection) -> Court:
        """The court of the revision *digest*; raises LookupError when none is stored."""
        court = self._courts.get(digest)
        return court if court is not None else self._compile(digest, connection)

    def _compile(self, digest: str, connection: Connection) -> Court:
        with self._compiling:
            if digest not in self._courts:
                texts = stored_texts(connection, digest)
                if texts is None:
                    raise LookupError(f"no revision {digest or '(none active)'} is stored")
                self._courts[digest] = court_of(texts)
            return self._courts[digest]
