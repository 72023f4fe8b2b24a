"""A rate: so many calls in so long."""

import re
from dataclasses import dataclass

_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_SHAPE = re.compile(rf"([1-9][0-9]{{0,6}})/({'|'.join(_UNITS)})", re.ASCII)
NONE = "none"


@dataclass(frozen=True, slots=True)
class Rate:
    """*calls* in *seconds*."""

    calls: int
    seconds: int

    def __str__(self) -> str:
        unit = next(name for name, seconds in _UNITS.items() if seconds == self.seconds)
        return f"{self.calls}/{unit}"


def read_rate(text: str) -> Rate | None:
    """The rate that *text* says, such as `20/second`; None for `none`. Raises ValueError."""
    if text == NONE:
        return None
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"expected N/{', N/'.join(_UNITS)} or {NONE}, found `{text}`")
    return Rate(int(match[1]), _UNITS[match[2]])
