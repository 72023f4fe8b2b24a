"""The facts of nobody, and of nothing named."""

from service.core.login_facts import Contract, LoginFacts, Property, User, Window

NOBODY = User(
    known=False,
    population="",
    coordinator=False,
    terminated=False,
    wass_days_idle=0,
    password_days=0,
    entry_role_held=False,
    entry_role_removed=False,
    days_idle=0,
    created_on="",
    certified_on="",
    rob_accepted_on="",
    rob_years=0,
)
NO_WINDOW = Window(first_opens_on="", closed_opens_on="", open=False)
NO_CONTRACT = Contract(named=False, assigned=False)
NO_PROPERTY = Property(
    named=False, assigned=False, own_bpr=False, role_removed=False, certified_on=""
)


def nobody_at(entry: str, today: str) -> LoginFacts:
    """The facts of a person nobody knows."""
    return LoginFacts(today=today, entry=entry, user=NOBODY, window=NO_WINDOW)
