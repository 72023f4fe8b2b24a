"""What came of an allowed call, and which part of a long list was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.core.decision import Decision

#: Rows of a page unless asked otherwise, and the most that can be asked for.
PAGE, LARGEST_PAGE = 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """At most *limit* rows behind the ID *cursor*; *search*: a part of an ID."""

    locked_only: bool = False
    search: str = ""
    cursor: str = ""
    limit: int = PAGE


FIRST_PAGE = Page()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The *fields* of the answer, and what of them the ledger *keeps* (all, unless said).

    *decision*: what the answer gives as its reason, where a second rule file said it.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    keeps: Mapping[str, Any] | None = None
    decision: Decision | None = None

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the ledger keeps."""
        return self.fields if self.keeps is None else self.keeps
