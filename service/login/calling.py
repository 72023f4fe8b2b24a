"""Whether a client may make a call, by the rules of api.csv."""

from service.clients import Client
from service.core.api_facts import NOBODY, SCOPES, ApiFacts, CallingClient
from service.core.decision import Decision
from service.policy.active import Court

_ACTION = "api"
_MOST_REMEMBERED = 10_000


def judge_call(court: Court, client: Client | None, call: str, today: str) -> Decision:
    """Whether *client* (None: nobody's token) may call *call*, and every reason why not."""
    measured = _measured(client) if client else NOBODY
    return court.judge(_ACTION, ApiFacts(today=today, call=call, client=measured))


def judge_again(court: Court, client: Client | None, call: str, today: str) -> Decision:
    """The same, remembered: a client makes the same call all day."""
    asked = (client, call, today)
    said = court.calls.get(asked)
    if said is None:
        said = judge_call(court, client, call, today)
        if len(court.calls) >= _MOST_REMEMBERED:
            court.calls.clear()
        court.calls[asked] = said
    return said


def scopes_that_open(court: Court, call: str, today: str) -> list[str]:
    """Each scope that alone is enough for *call*."""
    holders = ((scope, Client("", "", (scope,), "", revoked=False)) for scope in SCOPES)
    return [s for s, holder in holders if judge_call(court, holder, call, today).allowed]


def why_not(decision: Decision, client: Client | None, court: Court, call: str, today: str) -> str:
    """Why the call was refused and what to do, in the words of the first reason."""
    reasons = court.book.reasons
    first, audience = reasons.by_code[decision.reason], reasons.audience_of(None)
    said = f"{first.meaning} {reasons.cure(first.code, audience).remedy}"
    if client is None:
        return said
    if not first.another_token:
        opened = " or ".join(scopes_that_open(court, call, today)) or "no scope"
        held = " ".join(client.scopes) or "none"
        return f"{said} `{call}` is opened by {opened}; {client.name} holds {held}."
    until = client.expires_on
    return f"{said} The last day of the token of {client.name} was {until}." if until else said


def _measured(client: Client) -> CallingClient:
    return CallingClient(
        known=True, revoked=client.revoked, expires_on=client.expires_on, scopes=client.scopes
    )
