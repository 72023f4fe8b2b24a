"""An account as domain.md a.3 tells its life, in a few lines and with nothing of the service.

It is outside HUD, holds roles and one property, and has one coordinator, who always may act.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

#: First and last days of the windows people outside HUD had, as far as these lives go; the first
#: of all opened in 2017.
WINDOWS = (
    ("2017-09-01", "2017-12-31"),
    ("2022-09-01", "2023-03-10"),
    ("2023-09-01", "2023-12-31"),
    ("2024-09-01", "2024-12-31"),
    ("2025-09-01", "2025-12-31"),
)
OPENS = {"tracs_menu": {"TRACS"}, "imax": {"IMAX"}, "rob": {"TRACS", "IMAX"}}
LONGEST = 90  # days
TURNS = ("a year since the rules", "a window opens", "a window has closed")


@dataclass
class Account:
    """What is known of somebody *today*; days as YYYY-MM-DD, '' for none."""

    today: str
    created: str = ""
    said: str = ""
    terminated: bool = False
    wass_access: str = ""
    password: str = ""
    roles: frozenset[str] = frozenset()
    shares: bool = False  # a property with its coordinator
    active: str = ""
    unlocked: str = ""
    accepted: str = ""
    requests: list[str] = field(default_factory=list)

    def reasons(self, entry: str) -> list[str]:
        """Why *entry* is closed, in their order; OK alone when it is open."""
        if not self.created:
            return ["USER_UNKNOWN"]
        holds = {
            "WASS_TERMINATED": self.terminated,
            "WASS_INACTIVE": _days(self.wass_access, self.said) > LONGEST,
            "WASS_PASSWORD_EXPIRED": _days(self.password, self.said) > LONGEST,
            "NO_ROLE": not OPENS[entry] & self.roles,
            "INACTIVE": self.idle,
            **self._uncertified(),
            "ROB_NOT_ACCEPTED": entry != "rob" and not self.accepted,
            "ROB_EXPIRED": entry != "rob" and "" < self._rules_due() <= self.today,
        }
        return [code for code, so in holds.items() if so] or ["OK"]

    def turns(self) -> dict[str, str]:
        """The days on which something turns, by TURNS."""
        ahead = [window for window in WINDOWS if window[1] >= self.today] or [WINDOWS[-1]]
        days = (
            self._rules_due() or self.today,
            ahead[0][0],
            later(ahead[0][1], 1),
        )
        return dict(zip(TURNS, days, strict=True))

    @property
    def idle(self) -> bool:
        """Whether nobody came in for too long."""
        return _days(self.in_use_since, self.today) > LONGEST

    @property
    def in_use_since(self) -> str:
        """The day from which on it is counted how long nobody came in."""
        return max(self.active, self.unlocked) or max(self.created, "2017-07-28")

    def _uncertified(self) -> dict[str, bool]:
        closed = max(opens for opens, closes in WINDOWS if closes < self.today)
        new = self.created >= WINDOWS[0][0]
        since = max(self.created, closed) if new else closed
        lacks = not [day for day in self.requests if since <= day <= self.today]
        never = new and not [day for day in self.requests if day >= self.created]
        return {"NEW_USER_NOT_CERTIFIED": lacks and never, "NOT_CERTIFIED": lacks and not never}

    def _rules_due(self) -> str:
        if not self.accepted:
            return ""
        year, rest = self.accepted[:4], self.accepted[4:]
        return f"{int(year) + 1}{'-03-01' if rest == '-02-29' else rest}"

    def unlock_refused(self) -> list[str]:
        """Why its coordinator may not unlock it, in their order; OK alone when it is done."""
        return [*([] if self.idle else ["NOT_LOCKED"]), *self._out_of_scope()] or ["OK"]

    def certify_refused(self) -> list[str]:
        """Why its coordinator may not certify it; nothing when it is done."""
        return self._out_of_scope()

    def _out_of_scope(self) -> list[str]:
        return [] if self.shares or self.roles == {"IMAX"} else ["NO_BPR_SCOPE"]


def _days(since: str, until: str) -> int:
    """How many days lie between; 0 where one is not known."""
    if not since or not until:
        return 0
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


def later(day: str, days: int) -> str:
    """The day so many *days* after *day*."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()
