"""A YAML file with a key, day, code or reference that is not meant is refused on its line."""

import pytest

from tests.core.policy_texts import Damage, Place, assert_refused, replaced, shipped

CALENDAR, ROLES, SYSTEMS, REASONS = (
    f"{name}.yaml" for name in ("calendar", "roles", "systems", "reasons")
)
YAML = {file: shipped()[file].decode() for file in (CALENDAR, ROLES, SYSTEMS, REASONS)}
FIRST_KEY = {
    file: next(k for k in text.splitlines() if k[:1].isalpha()) for file, text in YAML.items()
}
WINDOWS = "\nwindows:\n"
LAST_WINDOW = "  - population: internal\n    year: 2026\n"
WINDOW = "    opens: 2020-11-02\n    closes: 2020-12-11\n"
OVERLAP = "    opens: 2020-01-31\n    closes: 2020-12-11\n"


def _with(file: str, name: str, old: str, new: str, at: Place, word: str) -> Damage:
    return Damage(name, file, replaced(old, new), at, word)


def _limit_with(name: str, old: str, new: str, at: Place, word: str) -> Damage:
    assert old in LIMIT, old
    limit = f"{LIMIT.replace(old, new, 1)}{WINDOWS}"
    return _with(CALENDAR, f"a limit: {name}", WINDOWS, limit, at, word)


def _in_every_file() -> list[Damage]:
    found: list[Damage] = []
    for file, key in FIRST_KEY.items():
        end = "\n...\n"
        found += [
            _with(file, "a key twice", end, f"\n{key}\n  more: x{end}", key, "each key once"),
            _with(file, "an unknown key", end, f"\nmore: x{end}", "more: x", "unknown key `more`"),
            _with(file, "a merge key", end, f"\n<<: x{end}", "<<: x", "unknown key `<<`"),
            _with(file, "an anchor", f"{key}\n", f"{key} &a\n", key, "anchor, alias or tag"),
            _with(file, "an alias", end, f"\nmore: *a{end}", "*a", "anchor, alias or tag"),
            _with(file, "a tag", end, f"\nmore: !!str x{end}", "!!str", "anchor, alias or tag"),
            _with(file, "code", end, f"\nmore: !!python/name:os.system x{end}", "!!py", "or tag"),
            _with(
                file, "a second document", end, f"\n---\nmore: x{end}", "---", "another document"
            ),
            _with(file, "text after the end", end, f"{end}more: x\n", "more: x", "cut?"),
            _with(file, "no end", end, "\n", None, "cut?"),
            _with(file, "a list at the top", f"{key}\n", f"- {key}\n", None, "expected"),
            _with(file, "an open bracket", end, f"\nmore: [x{end}", None, "readable YAML"),
            _with(file, "an open quote", end, f"\nmore: 'x{end}", None, "readable YAML"),
            _with(file, "a key without text", end, f"\n'': x{end}", "'': x", "key"),
            _with(file, "a list for a key", end, f"\n? [x]\n: x{end}", "? [x]", "key"),
            _with(file, "nested deeply", end, f"\nmore: {'[' * 490}{end}", None, "expected"),
        ]
    return found


CALENDARS = [
    ("a wrong day", "day: 2017-07-28", "day: 2017-02-30", "2017-02-30", "YYYY-MM-DD"),
    ("a short day", "opens: 2020-11-02", "opens: 2020-11-2", "2020-11-2", "YYYY-MM-DD"),
    ("an hour", "closes: 2020-12-11", "closes: 2020-12-11T00", "2020-12-11T00", "YYYY-MM-DD"),
    ("no day", "closes: 2020-12-11", "closes:", "closes:\n", "YYYY-MM-DD"),
    ("a missing day", "    closes: 2020-12-11\n", "", None, "closes"),
    ("a backwards window", "closes: 2020-12-11", "closes: 2020-11-01", "2020-11-01", "before it"),
    (
        "another year",
        "opens: 2020-11-02",
        "opens: 2019-11-02",
        "opens: 2019-11-02",
        "another year",
    ),
    ("overlapping windows", WINDOW, OVERLAP, "opens: 2020-01-31", "overlaps the window"),
    (
        "a year twice",
        LAST_WINDOW,
        LAST_WINDOW.replace("2026", "2025"),
        None,
        "internal 2025 is given",
    ),
    ("a year in words", "year: 2020", "year: twenty", "twenty", "whole number"),
    ("no year", "    year: 2020\n", "", None, "whole number as `year`"),
    (
        "an unknown population",
        "- population: internal",
        "- population: intern",
        "intern\n",
        "known",
    ),
    ("Cyrillic", "- population: external", "- population: \u0435xternal", "\u0435x", "known"),
    ("a misspelt key", "    opens: 2020-11-02", "    opened: 2020-11-02", "opened", "unknown key"),
    (
        "announced and not",
        "year: 2020\n",
        "year: 2020\n    unannounced: true\n",
        None,
        "no days yet",
    ),
    ("perhaps announced", "unannounced: true", "unannounced: yes", "yes", "true or false"),
    (
        "no authority",
        "\n    authority: HUD Blast, 16 December 2019",
        "\n    note: x",
        None,
        "authority",
    ),
    ("an unknown zone", "America/New_York", "America/New_Yrok", "Yrok", "time zone"),
    ("a zone that is a path", "America/New_York", "../../etc/passwd", "passwd", "time zone"),
    ("a zone that is a folder", "America/New_York", "America", "America\n", "time zone"),
    ("no windows", "windows:\n", "windows: none\nmore:\n", "windows: none", "expected a list"),
    ("a day past the calendar's end", "2026-12-31", "9999-12-31", "9999-12-31", "expected"),
]
LIMIT = """\
weekly_coordinator_limit:
  coordinators: 1
  days: 7
  until: 2017-10-31
  authority: Q&A 28
"""
LIMITS = [
    ("no coordinators", "coordinators: 1", "coordinators: 0", "coordinators: 0", "at least 1"),
    ("less than none", "coordinators: 1", "coordinators: -1", "rs: -1", "whole number"),
    ("a number in words", "coordinators: 1", "coordinators: one", "rs: one", "whole number"),
    ("a number that is true", "coordinators: 1", "coordinators: true", "rs: true", "whole number"),
    ("a missing number", "  coordinators: 1\n", "", LIMIT[:24], "whole number as `coordinators`"),
    ("no days", "  days: 7", "  days: 0", "  days: 0", "at least 1 as `days`"),
    ("days in words", "  days: 7", "  days: a week", "a week", "whole number as `days`"),
    ("missing days", "  days: 7\n", "", LIMIT[:24], "whole number as `days`"),
    ("a wrong day", "2017-10-31", "2017-11-31", "2017-11-31", "YYYY-MM-DD"),
    ("a day in words", "until: 2017-10-31", "until: October", "until: October", "YYYY-MM-DD"),
    ("no end", "  until: 2017-10-31\n", "", LIMIT[:24], "a text as `until`"),
    ("no authority", "  authority: Q&A 28\n", "", LIMIT[:24], "a text as `authority`"),
    ("an empty authority", "authority: Q&A 28", "authority: ''", "authority: ''", "a text as"),
    ("a misspelt key", "  days: 7", "  days: 7\n  weeks: 1", "  weeks: 1", "unknown key `weeks`"),
    ("a key twice", "  days: 7", "  days: 7\n  days: 8", "  days: 8", "each key once"),
    ("nothing said", LIMIT, LIMIT[:25], LIMIT[:24], "key: value"),
    ("another name", "weekly_coord", "weekly_koord", "weekly_koord", "unknown key `weekly_koord"),
]
CLOSE_OUTS = [
    ("a close-out in words", "  after_days: 7", "  after_days: seven", "seven", "whole number"),
    ("a close-out on a day", "  after_days: 7", "  after_days: 2018-01-01", "2018-01-01", "whole"),
    ("a negative close-out", "  after_days: 7", "  after_days: -7", "days: -7", "whole number"),
    ("no days", "  after_days: 7\n", "", "close_out:", "whole number as `after_days`"),
    (
        "a misspelt key",
        "  after_days: 7",
        "  after_day: 7",
        "after_day:",
        "unknown key `after_day`",
    ),
    ("no section", "close_out:\n  after_days", "closed:\n  after", "closed:", "unknown key"),
    (
        "an empty section",
        "  after_days: 7\n  authority: Q&A, Other (our reading)\n",
        "",
        "close_out:",
        "key: value",
    ),
    ("no authority", "  authority: Q&A, Other (our reading)\n", "", "close_out:", "authority"),
]
CATALOGUES = [
    ("an unknown entry", "opens: [rob, tracs_menu]", "opens: [rob, tracs]", "tracs]", "`tracs`"),
    ("Cyrillic", "opens: [rob, tracs_menu]", "opens: [r\u043eb, tracs_menu]", "r\u043eb", "opens"),
    (
        "perhaps an action",
        "  TCC:\n",
        "  TCC:\n    action: yes\n",
        "action: yes",
        "true or false as `action`",
    ),
    (
        "a misspelt mark",
        "  TCC:\n",
        "  TCC:\n    actoin: true\n",
        "actoin",
        "unknown key `actoin`",
    ),
    ("no list", "opens: [rob, tracs_menu]", "opens: rob", "opens: rob", "list of texts"),
    ("numbers", "opens: [rob, tracs_menu]", "opens: [1]", "opens: [1]", "list of texts"),
    ("a misspelt key", "property_scope: true", "property_scop: true", "scop:", "unknown key"),
    ("yes", "property_scope: true", "property_scope: yes", "scope: yes", "true or false"),
    ("a number", "property_scope: true", "property_scope: 1", "scope: 1", "true or false"),
    ("a text", "property_scope: true", "property_scope: 'true'", "'true'", "true or false"),
    (
        "no meaning",
        "meaning: TRACS coordinator; opens no entry.",
        "meaning:",
        "meaning:\n",
        "meaning",
    ),
    ("a homoglyph", "  TCC:\n", "  T\u0421C:\n", "  T\u0421C:", "expected a code"),
    ("a space", "  TCC:\n", "  T CC:\n", "  T CC:", "expected a code"),
    ("a role twice", "  TCC:\n", "  TCR:\n", "  TCR:", "each key once"),
    ("nothing said", "  TCC:\n", "  TCC:\n  TCX:\n", "  TCC:\n", "key: value"),
]
OTHER_SYSTEMS = [
    ("an entry outside", "  FASSUB:\n", "  imax:\n", None, "cannot be another system"),
    ("outside and a test", "  FASSUB:\n", "  TRACS1:\n", None, "outside and as a test"),
    (
        "two pages",
        "    rob_page: true\n",
        "    names_properties: true\n",
        None,
        "exactly one entry",
    ),
    ("no page", "    rob_page: true\n", "    rob_page: false\n", None, "found 0"),
    ("a misspelt key", "rob_page: true", "robpage: true", "robpage", "unknown key"),
    ("no authority", "    authority: Q&A 41\n", "", None, "authority"),
]
DAMAGES = [
    *_in_every_file(),
    *(_with(CALENDAR, *each) for each in (*CALENDARS, *CLOSE_OUTS)),
    *(_limit_with(*each) for each in LIMITS),
    *(_with(ROLES, *each) for each in CATALOGUES),
    *(_with(SYSTEMS, *each) for each in OTHER_SYSTEMS),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: f"{each.file}: {each.name}")
def test_a_damaged_yaml_file_is_refused(damage):
    assert_refused(damage)
