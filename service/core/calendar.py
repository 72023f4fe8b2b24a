"""Dated facts (calendar.yaml): zone of the days, start of tracking, windows, limit, close-out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.core.findings import Findings
from service.core.language import Codes, LanguageError, read_day
from service.core.strict_yaml import Shape, read_mapping

CALENDAR_FILE = "calendar.yaml"
LIMIT = "weekly_coordinator_limit"


@dataclass(frozen=True, slots=True, order=True)
class CertificationWindow:
    """The days, both included, in which the people of a population are certified."""

    opens: str
    closes: str

    @property
    def matures_on(self) -> str:
        """The day after the last: flags of this window take effect."""
        return (date.fromisoformat(self.closes) + timedelta(days=1)).isoformat()


@dataclass(frozen=True, slots=True)
class WeeklyLimit:
    """At most so many different *coordinators* request for one person within so many *days*.

    It holds up to and including the day *until*.
    """

    coordinators: int
    days: int
    until: str


NO_LIMIT = WeeklyLimit(coordinators=0, days=0, until="")


@dataclass(frozen=True, slots=True)
class Calendar:
    """What holds on which day; a request is closed out after *close_out_after* days."""

    zone: ZoneInfo
    tracking_began_on: str
    windows: dict[str, tuple[CertificationWindow, ...]] = field(hash=False)
    close_out_after: int
    weekly_limit: WeeklyLimit = NO_LIMIT

    def day_of(self, as_of: datetime) -> str:
        """The calendar day of the instant *as_of* (aware) in the calendar's zone."""
        if as_of.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {as_of}")
        return as_of.astimezone(self.zone).date().isoformat()

    def opened(self, population: str, today: str) -> list[CertificationWindow]:
        """The windows of *population* that have opened by *today*, earliest first."""
        return [each for each in self.windows.get(population, ()) if each.opens <= today]

    def is_open(self, population: str, today: str) -> bool:
        """Whether a window of *population* is open on *today*."""
        return any(today <= each.closes for each in self.opened(population, today))

    def open_or_next(self, population: str, day: str) -> CertificationWindow | None:
        """The window of *population* open on *day*, else the next announced one, else none."""
        windows = self.windows.get(population, ())
        return next((each for each in windows if day <= each.closes), None)


def by_population(
    windows: Iterable[tuple[str, CertificationWindow]],
) -> dict[str, tuple[CertificationWindow, ...]]:
    """Windows grouped by the population they are for, earliest first."""
    grouped: dict[str, list[CertificationWindow]] = {}
    for population, window in windows:
        grouped.setdefault(population, []).append(window)
    return {population: tuple(sorted(each)) for population, each in grouped.items()}


def read_calendar(text: str, codes: Codes, findings: Findings) -> Calendar:
    """Read calendar.yaml; the populations of its windows come from the catalogue's *codes*."""
    file = Shape(CALENDAR_FILE, read_mapping(CALENDAR_FILE, text, findings), findings)
    file.only("time_zone", "tracking_began", "windows", "close_out", LIMIT)
    zone, began = file.inner("time_zone"), file.inner("tracking_began")
    zone.only("name", "authority")
    began.only("day", "authority")
    zone.text("authority")
    began.text("authority")
    close_out = file.inner("close_out")
    close_out.only("after_days", "authority")
    close_out.text("authority")
    return Calendar(
        _zone(zone),
        _day(began, "day"),
        _windows(file, codes),
        close_out.number("after_days"),
        _weekly_limit(file) if LIMIT in file.section else NO_LIMIT,
    )


def _weekly_limit(file: Shape) -> WeeklyLimit:
    limit = file.inner(LIMIT)
    limit.only("coordinators", "days", "until", "authority")
    limit.text("authority")
    return WeeklyLimit(
        _at_least_one(limit, "coordinators"), _at_least_one(limit, "days"), _day(limit, "until")
    )


def _at_least_one(shape: Shape, key: str) -> int:
    number = shape.number(key)
    if number < 1 and key in shape.section:
        shape.note(f"expected at least 1 as `{key}`", key)
    return number


def _zone(shape: Shape) -> ZoneInfo:
    try:
        return ZoneInfo(shape.text("name"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        shape.note("expected the name of a time zone, as America/New_York", "name")
        return ZoneInfo("UTC")


def _day(shape: Shape, key: str) -> str:
    try:
        return read_day(shape.text(key))
    except LanguageError as error:
        shape.note(str(error), key)
        return ""


def _windows(file: Shape, codes: Codes) -> dict[str, tuple[CertificationWindow, ...]]:
    items = file.items("windows")
    found: list[tuple[str, CertificationWindow]] = []
    years: dict[tuple[str, int], bool] = {}
    for item in items:
        _check_year(item, codes, years)
        if not item.yes("unannounced"):
            found.append((item.text("population"), _window(item)))
            _check_overlap(item, found)
    return by_population(found)


def _check_overlap(item: Shape, found: list[tuple[str, CertificationWindow]]) -> None:
    population, window = found[-1]
    for other_population, other in found[:-1]:
        together = other.opens <= window.closes and window.opens <= other.closes
        if population == other_population and together:
            item.note(f"overlaps the window of {population} that opens {other.opens}", "opens")


def _check_year(item: Shape, codes: Codes, years: dict[tuple[str, int], bool]) -> None:
    item.only("population", "year", "opens", "closes", "unannounced", "note", "authority")
    item.text("authority")
    population, year = item.text("population"), item.number("year")
    if codes is not None and population not in codes["windows"]:
        known = ", ".join(sorted(codes["windows"]))
        item.note(f"unknown population of windows `{population}`; known: {known}", "population")
    unannounced = item.yes("unannounced")
    if unannounced and ("opens" in item.section or "closes" in item.section):
        item.note("an unannounced window has no days yet: leave out `opens` and `closes`")
    if (population, year) in years and (unannounced or years[population, year]):
        item.note(f"{population} {year} is given and unannounced at once, or twice so", "year")
    years[population, year] = unannounced


def _window(item: Shape) -> CertificationWindow:
    opens, closes = _day(item, "opens"), _day(item, "closes")
    if opens > closes:
        item.note(f"the window closes ({closes}) before it opens ({opens})", "closes")
    if opens and not opens.startswith(str(item.number("year"))):
        item.note(f"the window of {item.number('year')} opens in another year ({opens})", "opens")
    return CertificationWindow(opens, closes or opens)
