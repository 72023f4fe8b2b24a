"""Policies examined before they are published: checked, played, compared with what is active."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from service.cli.checking import tell_mistakes
from service.cli.differing import compared, tell_difference
from service.cli.impact import impact_today
from service.cli.shown import NO, leave, progress_bar
from service.cli.telling import PEOPLE, print_tally
from service.cli.testing import played_in
from service.cli.writing import counted
from service.login.impact.tally import Tally
from service.policy.candidate import Candidate, active_texts, candidate
from service.policy.checked import Checked, check
from service.policy.difference import Difference
from service.policy.named import texts_named
from service.wiring import Wiring

_SHOWN_FAILURES = 10
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Examined:
    """What may be published, what it changes, and for whom."""

    wished: Candidate
    difference: Difference
    impact: Tally


def examined(wiring: Wiring, name: str) -> Examined:
    """The texts *name* names, checked, played and compared; leaves when there is a mistake."""
    with wiring.reader.begin() as connection:
        texts, active = texts_named(name, connection), active_texts(connection)
    with progress_bar() as bar:
        checked = check(texts, wiring.clock(), partial(bar.track, description="Proofs"))
    if not checked.in_order:
        _refuse(checked)
    scenarios = played_in(Path(name) / "scenarios", texts, checked.court)
    impact = impact_today(active[1], texts, wiring)
    wished = candidate(texts, checked, active, scenarios, counted(impact))
    return Examined(wished, compared(active[1], texts), impact)


def _refuse(checked: Checked) -> None:
    tell_mistakes(checked)
    leave(NO, "Nothing is published; mend these first.")


def tell_examined(found: Examined) -> None:
    """Print what changes, for whom, and what came of the scenarios."""
    tell_difference(found.difference)
    click.echo()
    print_tally(found.impact, PEOPLE, over_days=False)
    scenarios = found.wished.report["scenarios"]
    if scenarios is None:
        click.echo("\nNo scenarios were played: there are none in the folder.")
    else:
        click.echo(f"\nScenarios: {scenarios['passed']} passed, {scenarios['failed']} failed")
        for failure in scenarios["failures"][:_SHOWN_FAILURES]:
            click.echo(f"  {failure}")
        if (more := scenarios["failed"] - _SHOWN_FAILURES) > 0:
            click.echo(f"  and {more} more: gatehouse policy test")
    click.echo()


def what_next(wished: Candidate) -> str:
    """What has to be done that it counts."""
    short = wished.digest[:_SHORT]
    if wished.changes:
        return f"It counts when somebody else approves it: gatehouse policy approve {short}"
    return f"It changes no decision; let it count: gatehouse policy activate {short}"
