"""The language of conditions: what is read as what, and every sentence an author is told."""

import pytest

from service.core.actions import declared
from service.core.conditions import Atom, Joined, Not
from service.core.language import LanguageError, parse, read_day

LOGIN = declared("login")
CERTIFY = declared("certify")
CODES = {
    "populations": frozenset({"external", "hud_staff"}),
    "entries": frozenset({"imax", "rob"}),
    "roles": frozenset({"TCC", "TCR"}),
    "windows": frozenset({"external", "internal"}),
    "reasons": frozenset({"INACTIVE", "OK"}),
}
KNOWN, TERMINATED, COORDINATOR = (
    Atom(f"user.{name}") for name in ("known", "terminated", "coordinator")
)
K, T, C = "r.user.known", "r.user.terminated", "r.user.coordinator"


def read(text):
    return parse(text, LOGIN, CODES)


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        (K, KNOWN),
        ("r.user.days_idle > 90", Atom("user.days_idle", ">", 90)),
        ("r.user.days_idle == 0", Atom("user.days_idle", "==", 0)),
        ("r.user.days_idle <= 999999", Atom("user.days_idle", "<=", 999999)),
        ("r.user.days_idle<90", Atom("user.days_idle", "<", 90)),
        (
            "r.user.days_idle != r.user.password_days",
            Atom("user.days_idle", "!=", other_fact="user.password_days"),
        ),
        ("r.today >= '2017-10-22'", Atom("today", ">=", "2017-10-22")),
        ("r.today >= '2020-02-29'", Atom("today", ">=", "2020-02-29")),
        ("r.user.created_on == ''", Atom("user.created_on", "==", "")),
        ("r.today < r.user.created_on", Atom("today", "<", other_fact="user.created_on")),
        ("r.entry == 'rob'", Atom("entry", "==", "rob")),
        ("r.user.population != 'hud_staff'", Atom("user.population", "!=", "hud_staff")),
        (f"   {K}   ", KNOWN),
        (f"((({K})))", KNOWN),
        (f"{'(' * 8}{K}{')' * 8}", KNOWN),
    ],
)
def test_an_atom_is_one_fact_alone_or_compared(text, atom):
    assert read(text) == atom


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (f"{K} && {T} && {C}", Joined("&&", (KNOWN, TERMINATED, COORDINATOR))),
        (f"{K} || {T} || {C}", Joined("||", (KNOWN, TERMINATED, COORDINATOR))),
        (f"{K} || {T} && {C}", Joined("||", (KNOWN, Joined("&&", (TERMINATED, COORDINATOR))))),
        (f"{K} && {T} || {C}", Joined("||", (Joined("&&", (KNOWN, TERMINATED)), COORDINATOR))),
        (f"{K} && ({T} || {C})", Joined("&&", (KNOWN, Joined("||", (TERMINATED, COORDINATOR))))),
        (f"({K} && {T}) && {C}", Joined("&&", (Joined("&&", (KNOWN, TERMINATED)), COORDINATOR))),
        (f"!{K}", Not(KNOWN)),
        (f"! {K}", Not(KNOWN)),
        (f"!({K})", Not(KNOWN)),
        (f"!(!{K})", Not(Not(KNOWN))),
        (f"!{K} && {T}", Joined("&&", (Not(KNOWN), TERMINATED))),
        (f"!({K} && {T})", Not(Joined("&&", (KNOWN, TERMINATED)))),
        (
            f"!({K} || {T}) || {C}",
            Joined("||", (Not(Joined("||", (KNOWN, TERMINATED))), COORDINATOR)),
        ),
    ],
)
def test_not_binds_before_and_and_before_or(text, condition):
    assert read(text) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a fact on the left (r.user..., r.today, ...), found `the end of the row`"),
        (
            "90 < r.user.days_idle",
            "expected a fact on the left (r.user..., r.today, ...), found `90`",
        ),
        (
            f"{K} &&",
            "expected a fact on the left (r.user..., r.today, ...), found `the end of the row`",
        ),
        (f"{K} {T}", f"expected `&&`, `||` or the end of the row, found `{T}`"),
        (f"{K})", "expected `&&`, `||` or the end of the row, found `)`"),
        (f"({K}", "expected a closing parenthesis, found `the end of the row`"),
        (f"({K} {T})", f"expected a closing parenthesis, found `{T}`"),
        (f"{'(' * 9}{K}{')' * 9}", "expected at most 8 parentheses inside each other"),
        ("!!" + K, "expected a yes/no fact or a parenthesis behind `!`, found `!`"),
        ("!r.today", "expected a yes/no fact behind `!`, found `r.today`"),
        (f"{K} == {T}", f"{K} is yes/no: write it alone, or `!` before it"),
        ("r.today", "expected an operator behind r.today (day), found `the end of the row`"),
        (
            "r.user.days_idle && " + K,
            "expected an operator behind r.user.days_idle (count), found `&&`",
        ),
        ("r.entry > 'rob'", "r.entry is a code: only == and != compare it"),
        ("r.user.days_idle > r.today", "r.user.days_idle is a count, `r.today` is a day"),
        ("r.today > r.user.days_idle", "r.today is a day, `r.user.days_idle` is a count"),
        ("r.entry == r.user.population", "r.entry is a code, `r.user.population` is a code"),
        ("r.user.days_idle > '90'", "expected a number behind r.user.days_idle, found `'90'`"),
        ("r.user.days_idle > 1000000", "expected a number of at most 6 digits"),
        ("r.today > 90", "expected text in single quotes behind r.today, found `90`"),
        ("r.entry == 90", "expected text in single quotes behind r.entry, found `90`"),
        ("r.today > '2017-02-30'", "expected a day as YYYY-MM-DD, found `2017-02-30`"),
        ("r.entry == 'ROB'", "unknown code `ROB` for r.entry; known: imax, rob"),
        ("r.entry == ''", "unknown code `` for r.entry; known: imax, rob"),
        (
            "r.window.opens > '2017-01-01'",
            "unknown fact r.window.opens; "
            "known: r.window.first_opens_on, r.window.closed_opens_on, r.window.open",
        ),
        ("r.entry.x", "unknown fact r.entry.x; known: r.entry"),
        ("r.user.days_idle = 90", "expected `==`, found a single `=`"),
        ('r.entry == "rob"', "expected text in single quotes, found a double quote"),
        (f"{K} # why", "expected no comment behind a row: put it on a line of its own above"),
        (f"{K} & {T}", "expected `&&`, found a single `&`"),
        (f"{K} | {T}", "expected `||`, found a single `|`"),
        (f"{K} and {T}", f"expected a fact, a constant or an operator, found `and {T[:16]}`"),
        ("r.user.days_idle > 9_0", "expected a fact, a constant or an operator, found `9_0`"),
    ],
)
def test_every_mistake_has_its_sentence(text, message):
    with pytest.raises(LanguageError) as told:
        read(text)

    assert str(told.value) == message


TCC, TCR = Atom("actor.roles", "in", "TCC"), Atom("actor.roles", "in", "TCR")
A_LIST = "r.actor.roles is a list of codes: write 'CODE' in r.actor.roles"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("'TCC' in r.actor.roles", TCC),
        ("  'TCC'  in  r.actor.roles  ", TCC),
        ("('TCC' in r.actor.roles)", TCC),
        ("!('TCC' in r.actor.roles)", Not(TCC)),
        (
            "!('TCC' in r.actor.roles) && !('TCR' in r.actor.roles)",
            Joined("&&", (Not(TCC), Not(TCR))),
        ),
        (
            "r.actor.coordinator || 'TCC' in r.actor.roles",
            Joined("||", (Atom("actor.coordinator"), TCC)),
        ),
        ("'INACTIVE' in r.target.login_reasons", Atom("target.login_reasons", "in", "INACTIVE")),
    ],
)
def test_a_code_in_a_list_is_an_atom_like_any_other(text, condition):
    assert parse(text, CERTIFY, CODES) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("r.actor.roles == 'TCC'", A_LIST),
        ("r.actor.roles != r.actor.menu_reasons", A_LIST),
        ("r.actor.roles in 'TCC'", A_LIST),
        ("r.actor.roles", A_LIST),
        ("!r.actor.roles", "expected a yes/no fact behind `!`, found `r.actor.roles`"),
        (
            "!'TCC' in r.actor.roles",
            "expected a yes/no fact or a parenthesis behind `!`, found `'TCC'`",
        ),
        ("'TCC' in r.today", "expected a list of codes behind `in`, r.today is day"),
        (
            "'external' in r.actor.windows",
            "expected a list of codes behind `in`, r.actor.windows is code",
        ),
        (
            "'TCC' in r.actor.coordinator",
            "expected a list of codes behind `in`, r.actor.coordinator is yes/no",
        ),
        ("'XYZ' in r.actor.roles", "unknown code `XYZ` for r.actor.roles; known: TCC, TCR"),
        ("'tcc' in r.actor.roles", "unknown code `tcc` for r.actor.roles; known: TCC, TCR"),
        ("'' in r.actor.roles", "unknown code `` for r.actor.roles; known: TCC, TCR"),
        (
            "'TCC' in r.target.login_reasons",
            "unknown code `TCC` for r.target.login_reasons; known: INACTIVE, OK",
        ),
        (
            "'TCC' r.actor.roles",
            "expected a fact on the left, or `in` behind 'TCC', found `r.actor.roles`",
        ),
        (
            "'TCC' == r.actor.roles",
            "expected a fact on the left, or `in` behind 'TCC', found `==`",
        ),
        ("'TCC'", "expected a fact on the left, or `in` behind 'TCC', found `the end of the row`"),
        (
            "'TCC'in r.actor.roles",
            "expected a fact, a constant or an operator, found `in r.actor.roles`",
        ),
        (
            "'TCC' not in r.actor.roles",
            "expected a fact, a constant or an operator, found `not in r.actor.roles`",
        ),
        (
            "'TCC' IN r.actor.roles",
            "expected a fact, a constant or an operator, found `IN r.actor.roles`",
        ),
        ("'TCC' in", "expected a fact, a constant or an operator, found `in`"),
        ("'TCC' in 'TCC'", "expected a fact that is a list of codes behind `in`, found `'TCC'`"),
        (
            "'TCC' in (r.actor.roles)",
            "expected a fact that is a list of codes behind `in`, found `(`",
        ),
        (
            "'TCC' in r.actor.roles in r.actor.roles",
            "expected `&&`, `||` or the end of the row, found `in`",
        ),
        ('"TCC" in r.actor.roles', "expected text in single quotes, found a double quote"),
        (
            "90 in r.actor.roles",
            "expected a fact on the left (r.user..., r.today, ...), found `90`",
        ),
        (
            "r.actor.windows in r.actor.roles",
            "expected an operator behind r.actor.windows (code), found `in`",
        ),
        (
            "r.actor.coordinator in r.actor.roles",
            "expected `&&`, `||` or the end of the row, found `in`",
        ),
        (
            "'TCC' in r.actor.rolls",
            "unknown fact r.actor.rolls; known: r.actor.windows, r.actor.coordinator, "
            "r.actor.roles, r.actor.terminated, r.actor.menu_reasons, r.actor.in_own_name",
        ),
    ],
)
def test_every_mistake_about_a_list_of_codes_has_its_sentence(text, message):
    with pytest.raises(LanguageError) as told:
        parse(text, CERTIFY, CODES)

    assert str(told.value) == message


def test_while_the_catalogue_cannot_be_read_no_code_in_a_list_is_held_against_it():
    condition = parse("'XYZ' in r.actor.roles", CERTIFY, None)

    assert condition == Atom("actor.roles", "in", "XYZ")


def test_an_unknown_group_is_told_all_facts():
    with pytest.raises(LanguageError) as told:
        read("r.person.known")

    assert str(told.value) == "unknown fact r.person.known; known: " + ", ".join(
        f"r.{path}" for path in LOGIN
    )


@pytest.mark.parametrize("text", ["2017-10-22", "2020-02-29", "1900-01-01", "2200-12-31"])
def test_a_day_is_read_as_itself(text):
    assert read_day(text) == text


@pytest.mark.parametrize(
    "text", ["", "2017-02-30", "20171022", " 2017-10-22", "2017-10-22\n", "٢٠١٧-10-22"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(LanguageError, match="expected a day as YYYY-MM-DD"):
        read_day(text)
