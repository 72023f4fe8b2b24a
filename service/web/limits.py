"""How often a client, a person who acts, or an address whose tokens are not known may call.

Each process counts for itself, in memory: whoever stays below a limit is never refused by it, and
somebody who is spread over several processes may get that many times as much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from service.rates import Rate

_MOST = 10_000


class TooManyError(Exception):
    """*who* calls more often than *rate* allows, and may again in *seconds*."""

    def __init__(self, who: str, rate: Rate, seconds: float) -> None:
        self.rate, self.seconds = rate, max(1, ceil(seconds))
        super().__init__(f"{who} calls more often than {rate}; ask again in {self.seconds} s")


class Bucket:
    """Lets a rate through for each name: the whole at once, and then as time passes (GCRA)."""

    def __init__(self, rate: Rate | None, now: Callable[[], float]) -> None:
        self.rate, self._now = rate, now
        self._each = rate.seconds / rate.calls if rate else 0.0
        self._room = rate.seconds - self._each * 0.999 if rate else 0.0
        self._empty_at: dict[str, float] = {}
        self._lock = Lock()

    def take(self, name: str) -> float:
        """Let one through: 0, or the seconds until the next may come, when none may now."""
        if self.rate is None:
            return 0.0
        with self._lock:
            now = self._now()
            empty_at = max(self._empty_at.get(name, now), now)
            if (wait := empty_at - now - self._room) > 0:
                return wait
            self._forget(now)
            self._empty_at[name] = empty_at + self._each
            return 0.0

    def wait(self, name: str) -> float:
        """The same, letting none through."""
        if self.rate is None or name not in self._empty_at:
            return 0.0
        return max(0.0, self._empty_at[name] - self._now() - self._room)

    def _forget(self, now: float) -> None:
        """Forget whoever may take the whole rate again, before there are too many names."""
        if len(self._empty_at) >= _MOST:
            self._empty_at = {name: at for name, at in self._empty_at.items() if at > now}


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits: of a client, of a person who acts, of an address with unknown tokens."""

    client: Rate | None = None
    actor: Rate | None = None
    unknown: Rate | None = None


class Limits:
    """Keeps to the rates of a process; raises TooManyError."""

    def __init__(self, rates: Rates, now: Callable[[], float] = monotonic) -> None:
        self._clients = Bucket(rates.client, now)
        self._actors = Bucket(rates.actor, now)
        self._unknown = Bucket(rates.unknown, now)
        self._met: dict[int, str] = {}

    def admit(self, token: str, address: str) -> None:
        """Before anything is looked up: count a call with a token that was met before; any other
        may be refused for what came from its address."""
        client = self._met.get(hash(token))
        if client is not None:
            self._keep(self._clients, f"the client {client}", client)
        elif wait := self._unknown.wait(address):
            raise _too_many(f"{address}, with tokens that are not known,", self._unknown, wait)

    def met(self, token: str, client: str) -> None:
        """The *token* is the one of *client*, who may call."""
        if self._met.get(hash(token)) != client:
            if len(self._met) >= _MOST:
                self._met.clear()
            self._met[hash(token)] = client

    def unknown(self, address: str) -> None:
        """A token from *address* is good for nothing."""
        self._unknown.take(address)

    def acts(self, actor: str) -> None:
        """Count a call in which *actor* acts."""
        self._keep(self._actors, f"{actor}, who acts,", actor)

    def _keep(self, bucket: Bucket, who: str, name: str) -> None:
        if wait := bucket.take(name):
            raise _too_many(who, bucket, wait)


def _too_many(who: str, bucket: Bucket, wait: float) -> TooManyError:
    assert bucket.rate is not None, "a limit that is none was reached"
    return TooManyError(who, bucket.rate, wait)
