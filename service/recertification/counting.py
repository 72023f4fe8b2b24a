"""Whether a request for recertification counts today, by the rules of certification_counts."""

from collections.abc import Collection

from service.core.decision import Decision
from service.core.login_facts import Window
from service.core.management_facts import CountFacts, Covered, Target
from service.core.measure import Person
from service.policy.active import Court


def counts(
    person: Person, target: Target, window: Window, covered: Collection[int], court: Court
) -> Decision:
    """Judge a request for *person* that covers the properties *covered*."""
    facts = CountFacts(
        today=person.today,
        target=target,
        window=window,
        covered=Covered(reasons=_reasons(person, covered, court)),
    )
    return court.judge("certification_counts", facts)


def _reasons(person: Person, covered: Collection[int], court: Court) -> tuple[str, ...]:
    """Every reason of the property rules for any of *covered*; equal properties judged once."""
    login = person.at(court.book.catalogue.menu_entry)
    distinct = {facts.property: facts for facts in (person.opening(login, p, "") for p in covered)}
    judged = [court.judge("open_property", facts) for facts in distinct.values()]
    return tuple(sorted({code for each in judged for code in each.codes}))
