"""The questions of a review by their names."""

from collections.abc import Callable, Iterator, Mapping

from service.recertification.review.asked import Asked
from service.recertification.review.certifications import certifications, mutual_certifiers
from service.recertification.review.paging import Row
from service.recertification.review.people import never_used, role_holders
from service.recertification.review.properties import single_coordinator_properties
from service.recertification.review.unlocks import unlocks

Question = Callable[[Asked], Iterator[Row]]
QUESTIONS: Mapping[str, Question] = {
    each.__name__.replace("_", "-"): each
    for each in (
        unlocks,
        certifications,
        role_holders,
        single_coordinator_properties,
        mutual_certifiers,
        never_used,
    )
}


def meaning(question: Question) -> str:
    """What a question asks, in words."""
    assert question.__doc__ is not None
    return question.__doc__
