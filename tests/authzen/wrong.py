"""Gates that are wrong on purpose, each in one way: something before a right one spoils it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.authzen.asking import JSON, Answer, Request, Send

Wrong = Callable[[Send], Send]
_MET = {"subject", "action", "resource", "context", "options", "evaluations", "page"}


def _asked(request: Request) -> Any:
    """The body of *request*; {} where it is no object."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _asking(request: Request, body: Any) -> Request:
    return replace(request, body=json.dumps(body).encode())


def _saying(answer: Answer, body: Any, status: int = 200) -> Answer:
    return replace(answer, body=json.dumps(body).encode(), status=status)


def _told(answer: Answer) -> Any:
    return json.loads(answer.body) if answer.status == 200 else {}


def _spoiling(spoil: Callable[[Request, Answer], Answer]) -> Wrong:
    return lambda right: lambda request: spoil(request, right(request))


def _mishearing(mishear: Callable[[Request], Request]) -> Wrong:
    return lambda right: lambda request: right(mishear(request))


def _a_deny_is_a_403(_: Request, answer: Answer) -> Answer:
    return replace(answer, status=403) if _told(answer).get("decision") is False else answer


def _everything_is_allowed(_: Request, answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b'"decision":false', b'"decision":true'))


def _decisions_are_words(_: Request, answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b'"decision":true', b'"decision":"true"'))


def _ids_are_forgotten(_: Request, answer: Answer) -> Answer:
    headers = {name: v for name, v in answer.headers.items() if name != "x-request-id"}
    return replace(answer, headers={**headers, "x-request-id": "mine"})


def _nobody_is_challenged(_: Request, answer: Answer) -> Answer:
    headers = {name: v for name, v in answer.headers.items() if name != "www-authenticate"}
    return replace(answer, headers={**headers, "www-authenticate": ""})


def _an_error_stops_the_batch(_: Request, answer: Answer) -> Answer:
    found = _told(answer).get("evaluations", [])
    wrong = any("error" in each["context"] for each in found)
    return replace(answer, status=400) if wrong else answer


def _the_batch_is_turned_round(_: Request, answer: Answer) -> Answer:
    told = _told(answer)
    found = told.get("evaluations", [])
    return _saying(answer, {**told, "evaluations": found[::-1]}) if found else answer


def _the_decider_is_left_out(request: Request, answer: Answer) -> Answer:
    told, asked = _told(answer), _asked(request)
    found = told.get("evaluations", [])
    if len(found) == len(asked.get("evaluations", [])):
        return answer
    return _saying(answer, {**told, "evaluations": found[:-1]})


def _nothing_found_is_a_404(_: Request, answer: Answer) -> Answer:
    told = _told(answer)
    nothing = "results" in told and not told["results"] and not told["page"]["next_token"]
    return replace(answer, status=404) if nothing else answer


def _somebody_more_is_found(_: Request, answer: Answer) -> Answer:
    told = _told(answer)
    if not told.get("results") or told["results"][0].get("type") != "user":
        return answer
    more = {"type": "user", "id": "M10002"}
    return _saying(answer, {**told, "results": [*told["results"], more]})


def _pages_have_no_next(_: Request, answer: Answer) -> Answer:
    told = _told(answer)
    return _saying(answer, {**told, "page": {"next_token": ""}}) if "page" in told else answer


def _the_host_is_believed(request: Request, answer: Answer) -> Answer:
    if "Host" not in request.headers or "policy_decision_point" not in _told(answer):
        return answer
    return _saying(answer, {**_told(answer), "policy_decision_point": request.headers["Host"]})


def _lacking_is_a_deny(_: Request, answer: Answer) -> Answer:
    if answer.status != 400:
        return answer
    return replace(_saying(answer, {"decision": False}), headers={"content-type": JSON})


def _any_type_of_content(request: Request) -> Request:
    return replace(request, headers={**request.headers, "Content-Type": JSON})


def _no_semantics(request: Request) -> Request:
    body = _asked(request)
    return _asking(request, {**body, "options": {}}) if "options" in body else request


def _defaults_are_merged(request: Request) -> Request:
    body = _asked(request)
    items = body.get("evaluations")
    if not isinstance(items, list):
        return request
    return _asking(request, {**body, "evaluations": [_merged(each, body) for each in items]})


def _merged(item: Any, body: Any) -> Any:
    if not isinstance(item, dict):
        return item
    both = {n: v for n, v in item.items() if isinstance(v, dict) and isinstance(body.get(n), dict)}
    return {**item, **{name: {**body[name], **value} for name, value in both.items()}}


def _tokens_are_of_any_request(right: Send) -> Send:
    """Whose token is not understood gets the first page."""

    def send(request: Request) -> Answer:
        answer, body = right(request), _asked(request)
        if answer.status == 200 or not isinstance(body.get("page"), dict):
            return answer
        return right(_asking(request, {n: v for n, v in body.items() if n != "page"}))

    return send


def _the_unknown_is_refused(right: Send) -> Send:
    def send(request: Request) -> Answer:
        answer = right(request)
        return replace(answer, status=400) if _asked(request).keys() - _MET else answer

    return send


WRONG: dict[str, Wrong] = {
    each.__name__.strip("_"): _spoiling(each)
    for each in (
        _a_deny_is_a_403,
        _everything_is_allowed,
        _decisions_are_words,
        _ids_are_forgotten,
        _nobody_is_challenged,
        _an_error_stops_the_batch,
        _the_batch_is_turned_round,
        _the_decider_is_left_out,
        _nothing_found_is_a_404,
        _somebody_more_is_found,
        _pages_have_no_next,
        _the_host_is_believed,
        _lacking_is_a_deny,
    )
}
WRONG |= {
    each.__name__.strip("_"): _mishearing(each)
    for each in (_any_type_of_content, _no_semantics, _defaults_are_merged)
}
WRONG |= {
    each.__name__.strip("_"): each
    for each in (_tokens_are_of_any_request, _the_unknown_is_refused)
}
