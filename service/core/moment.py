"""A stretch of time as people name it: from a day or an instant, to a day or an instant."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.core.language import LanguageError, read_day

Moment = date | datetime
_DAY = len("YYYY-MM-DD")


def read_moment(text: str) -> Moment:
    """The day, or the instant with its zone, that *text* names; raises LanguageError."""
    day = date.fromisoformat(read_day(text[:_DAY]))
    if len(text) == _DAY:
        return day
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise LanguageError(
            f"expected a day, or an instant such as {day.isoformat()}T12:00:00Z, found `{text}`"
        )
    return instant


def from_then(moment: Moment, zone: ZoneInfo) -> datetime:
    """The first instant of *moment*, whose days are those of *zone*."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


def until_then(moment: Moment, zone: ZoneInfo) -> datetime:
    """The first instant no longer meant by `to` *moment*: a day is meant as a whole."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=1), time(), zone)
