"""Two people who move the pointer of a served house to and fro between two revisions."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.policy.folder import SHIPPED, read_texts
from tests.faults.gate import House
from tests.faults.load import Answer, call, callers, decided

#: So many days away lock nobody of the house who was not locked before, and open nobody.
_EDIT = "r.user.days_idle > 90", "r.user.days_idle > 89"


@dataclass(frozen=True, slots=True)
class Moved:
    """A move to *digest*: it began not before *asked_at* and was answered at *came_at*."""

    digest: str
    asked_at: float
    came_at: float


class Movers:
    """An author and an approver, who use any of the *ports*."""

    def __init__(self, house: House) -> None:
        self._headers = callers(house, "author", "approver")
        shipped = {path: raw.decode() for path, raw in read_texts(SHIPPED).items()}
        login = shipped["rules/login.csv"]
        assert _EDIT[0] in login
        self._texts = (shipped, {**shipped, "rules/login.csv": login.replace(*_EDIT)})
        self.digests: list[str] = []
        self.moves: list[Moved] = []

    def publish_both(self, port: int) -> None:
        """Publish either in the place of the other; the other revision is active then."""
        other = self._publish(port, self._texts[1])
        self.moves.append(Moved(other["replaces"], 0.0, 0.0))
        self.digests = [other["replaces"], other["digest"]]
        self.move(port)
        self._publish(port, self._texts[0])

    def move(self, approving: int, activating: int | None = None) -> Moved:
        """Move the pointer to the one that is not active; the ports may be of different hosts."""
        before = self.moves[-1].digest
        digest = next(each for each in self.digests if each != before)
        began = time.monotonic()
        for step, scope, port in (
            ("approval", "approver", approving),
            ("activation", "author", activating or approving),
        ):
            path = f"/v1/policy/revisions/{digest}/{step}"
            answer = decided(lambda p=port, at=path, s=scope: self._asks(p, at, s, {}))
            assert answer.status == 200, answer
        self.moves.append(Moved(digest, began, time.monotonic()))
        return self.moves[-1]

    def stale(self, answers: list[Answer]) -> list[Answer]:
        """The decisions by a revision that was active at no moment while they were asked for."""
        return [each for each in answers if each.decided and not self._was_active(each)]

    def _was_active(self, answer: Answer) -> bool:
        """From the beginning of the move to it until the next move was answered."""
        ends = [*(move.came_at for move in self.moves[1:]), float("inf")]
        return any(
            move.digest == answer.body["policy_digest"]
            and move.asked_at <= answer.came_at
            and answer.asked_at <= end
            for move, end in zip(self.moves, ends, strict=True)
        )

    def _publish(self, port: int, texts: Mapping[str, str]) -> dict[str, Any]:
        body = {"texts": texts, "note": "to and fro"}
        answer = self._asks(port, "/v1/policy/revisions", "author", body)
        assert answer.status == 200, answer
        return answer.body

    def _asks(self, port: int, path: str, scope: str, body: dict[str, Any]) -> Answer:
        return call(port, "POST", path, body, self._headers[scope])
