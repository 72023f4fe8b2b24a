"""The sealer: threads of every process; whoever is quickest seals, signs, delivers, forgets."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.engine import reading
from models.queue import QueueTimeoutError
from service.ledger.checkpoints import DivergedError
from service.ledger.delivery import Turn, receiver_of
from service.ledger.outside import Folder, OutsideError
from service.ledger.receipts import Signer
from service.ledger.sealing import seal, waits
from service.logs import log
from service.sealer.ahead import look_ahead
from service.sealer.forgetting import forget
from service.sealer.giving import give_out
from service.sealer.telling import REFUSALS, tell

#: Seconds between one turn of work and the next.
_PAUSE, _MINUTE, _HOUR = 1.0, 60.0, 3600.0


class Sealer:
    """Seals and gives out checkpoints; *wrong* says what keeps it from that, if anything.

    *keep_uses* writes down now and then when tokens were used.
    """

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        clock: Callable[[], datetime],
        folder: Folder | None,
        url: str,
        keep_uses: Callable[[Engine], None] = lambda _: None,
    ) -> None:
        self._engine, self._signer, self._clock = engine, signer, clock
        self._folder, self.url, self._keep_uses = folder, url, keep_uses
        self._turn = Turn(url, str(uuid4()))
        self._over, self._threads = Event(), list[Thread]()
        self.wrong = ""

    def begin(self) -> None:
        """Work in threads that end with the process: a receiver that is down delays no sealing."""
        works = (
            (self._seal_and_sign, _PAUSE),
            (self._deliver, _PAUSE),
            (self._forget, _MINUTE),
            (partial(look_ahead, self._engine), _HOUR),
        )
        self._threads = [Thread(target=self._work_on, args=work, daemon=True) for work in works]
        for each in self._threads:
            each.start()

    def end(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._over.set()
        for each in self._threads:
            each.join()

    def _work_on(self, work: Callable[[], None], pause: float) -> None:
        before = _PAUSE
        while not self._over.wait(before):
            work()
            before = pause

    def _seal_and_sign(self) -> None:
        try:
            seal_all(self._engine)
            give_out(self._engine, self._signer, self._clock, self._folder)
        except (DivergedError, OutsideError) as error:
            self._is_wrong(str(error))
        except (SQLAlchemyError, QueueTimeoutError, LookupError) as error:
            log().warning("not sealed", exc_info=error)
        else:
            self.wrong = ""

    def _is_wrong(self, what: str) -> None:
        if what != self.wrong:
            log().error("sealing stopped", wrong=what)
        self.wrong = what

    def _deliver(self) -> None:
        if not self.url:
            return
        try:
            tell(self._engine, self._turn, self._clock)
        except REFUSALS as error:
            log().warning("a checkpoint waits", receiver=receiver_of(self.url), exc_info=error)
        except (SQLAlchemyError, QueueTimeoutError) as error:
            log().warning("not delivered", exc_info=error)

    def _forget(self) -> None:
        try:
            self._keep_uses(self._engine)
            forget(self._engine, self._clock)
        except (SQLAlchemyError, QueueTimeoutError) as error:
            log().warning("neither uses written nor answers forgotten", exc_info=error)


def seal_all(engine: Engine) -> None:
    """Seal until nothing waits or another seals."""
    while _waiting(engine):
        with engine.begin() as connection:
            if not seal(connection):
                return


def _waiting(engine: Engine) -> bool:
    with reading(engine).begin() as connection:
        return waits(connection)
