"""What the certification scenario of AuthZEN asks of a gate, on people and properties of ours.

Every case is played against a served gate, and against gates that are wrong on purpose.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from tests.authzen.asking import Gate, question
from tests.authzen.world import ALICE, BOB, BOTH, CAROL, HAL, IDLE, NOBODY, OTHER
from tests.database.wass import ELMS, OAKS, PINES

Case = Callable[[Gate], None]
Body = dict[str, Any]

#: What is true, and what is not: core questions, then those that hang on properties.
DECISIONS: dict[str, tuple[Body, bool]] = {
    "a user opens a property of hers": (
        question(ALICE, "open_property", "property", f"{OAKS}"),
        True,
    ),
    "a user comes in": (question(ALICE, "login", "entry", "tracs_menu"), True),
    "a coordinator opens the same": (question(BOB, "open_property", "property", f"{OAKS}"), True),
    "a coordinator without the role stays out": (question(BOB, "login", "entry", "imax"), False),
    "a user opens no other's": (question(ALICE, "open_property", "property", f"{PINES}"), False),
    "who stayed away is locked": (question(IDLE, "login", "entry", "tracs_menu"), False),
    "nobody knows him": (question(NOBODY, "login", "entry", "tracs_menu"), False),
    "a subject without the form of an ID": (question("alice", "login", "entry", "rob"), False),
    "nobody knows it": (question(ALICE, "open_property", "property", "1"), False),
    "every property is open": (question(HAL, "open_property", "property", f"{PINES}"), True),
    "but for one that nobody knows": (question(HAL, "open_property", "property", "1"), False),
    "a number that is none": (question(ALICE, "open_property", "property", "Oaks"), False),
    "an unknown entry": (question(ALICE, "login", "entry", "attic"), False),
    "an unknown action": (question(ALICE, "enter", "entry", "tracs_menu"), False),
    "an action of another type": (question(ALICE, "unlock", "entry", "tracs_menu"), False),
    "an unknown type": (question(ALICE, "login", "record", "tracs_menu"), False),
    "an unknown type of subject": (
        {**question(ALICE, "login", "entry", "rob"), "subject": {"type": "robot", "id": ALICE}},
        False,
    ),
    "a system that is not governed": (question(ALICE, "login", "entry", "EIV"), True),
    "such a system, and nobody": (question(NOBODY, "login", "entry", "EIV"), False),
    "a test environment": (question(ALICE, "login", "entry", "TRACS1"), False),
    "the Rules of Behavior": (question(ALICE, "accept_rob", "entry", "rob"), True),
    "accepted elsewhere": (question(ALICE, "accept_rob", "entry", "tracs_menu"), False),
    "a coordinator unlocks": (question(BOB, "unlock", "user", IDLE), True),
    "not who is not locked": (question(BOB, "unlock", "user", ALICE), False),
    "a user unlocks nobody": (question(ALICE, "unlock", "user", IDLE), False),
    "nobody is unlocked": (question(BOB, "unlock", "user", NOBODY), False),
    "a list of one's own": (question(BOB, "view_staff", "user", BOB), True),
    "a list of another's": (question(BOB, "view_staff", "user", "M90002"), False),
}
ON_PROPERTIES: dict[str, tuple[Body, bool]] = {
    "a contract that is assigned": (
        question(CAROL, "open_property", "property", f"{ELMS}", about={"contract_number": BOTH}),
        True,
    ),
    "a contract that is not": (
        question(ALICE, "open_property", "property", f"{ELMS}", about={"contract_number": BOTH}),
        False,
    ),
    "a contract of other properties": (
        question(ALICE, "open_property", "property", f"{ELMS}", about={"contract_number": OTHER}),
        False,
    ),
    "a contract that nobody knows": (
        question(HAL, "open_property", "property", f"{ELMS}", about={"contract_number": "X1"}),
        False,
    ),
    "a property of another contract, of those that are open": (
        question(HAL, "open_property", "property", f"{ELMS}", about={"contract_number": OTHER}),
        False,
    ),
    "a property at the menu that nobody knows": (
        question(HAL, "login", "entry", "tracs_menu", about={"property_id": 1}),
        False,
    ),
    "a property at the menu": (
        question(ALICE, "login", "entry", "tracs_menu", about={"property_id": ELMS}),
        True,
    ),
    "another's at the menu": (
        question(ALICE, "login", "entry", "tracs_menu", about={"property_id": PINES}),
        False,
    ),
    "a flag, confirmed": (
        question(BOB, "flag", "user", ALICE, doing={"items": ["IMAX"], "confirm": True}),
        True,
    ),
    "a flag, not confirmed": (
        question(BOB, "flag", "user", ALICE, doing={"items": ["IMAX"], "confirm": False}),
        False,
    ),
    "a flag on what is not held": (
        question(BOB, "flag", "user", ALICE, doing={"items": ["TCC"], "confirm": True}),
        False,
    ),
}
TRUE = question(ALICE, "login", "entry", "tracs_menu")
FALSE = question(IDLE, "login", "entry", "tracs_menu")
ENTRIES = ["EIV", "FASSUB", "WASS", "imax", "imax_admin", "imax_ws", "rob", "tracs_menu"]
SUBJECTS = {k: TRUE[k] for k in ("action", "resource")} | {"subject": {"type": "user"}}
RESOURCES = {k: TRUE[k] for k in ("subject", "action")} | {"resource": {"type": "entry"}}
ACTIONS = {k: TRUE[k] for k in ("subject", "resource")}


def _around(body: Body) -> Iterator[tuple[str, Body]]:
    """The same question in other words: what is added or moved changes no decision."""
    yield "as it is", body
    yield "with a context", {**body, "context": {"time": "2026-11-22T12:00:00Z", "ip": [1, None]}}
    yield "with unknown members", {**body, "tenant": {"a": 1}, "foo": None, "decision": True}
    yield "the other way round", dict(reversed(body.items()))
    more = deepcopy(body)
    for name in more:
        more[name] |= {"properties": {**more[name].get("properties", {}), "colour": ["red"]}}
        more[name]["nickname"] = "x"
    yield "with more properties", more


def _without(body: Body) -> Iterator[tuple[str, Body]]:
    """Each required member left out, and of a wrong type."""
    for name, members in body.items():
        yield f"no {name}", {n: v for n, v in body.items() if n != name}
        for wrong in ("alice", [], None):
            yield f"{name} is {wrong!r}", {**body, name: wrong}
        for member in members:
            fewer = {n: v for n, v in members.items() if n != member}
            yield f"no {name}.{member}", {**body, name: fewer}
            for wrong in (7, None):
                yield f"{name}.{member} is {wrong!r}", {**body, name: {**members, member: wrong}}
        yield f"{name}.properties is a list", {**body, name: {**members, "properties": []}}


def _is_told(path: str, body: Any, status: int = 400, **headers: str | None) -> Case:
    """The call is refused with a sentence."""

    def case(gate: Gate) -> None:
        answer = gate.asks(path, body, **headers)
        assert answer.status == status, (answer.status, answer.body)
        assert answer.body
        assert b"decision" not in answer.body

    return case


def _decides(body: Body, decision: bool) -> Case:
    def case(gate: Gate) -> None:
        assert gate.decides(body) is decision

    return case


def _decide(body: Body, decisions: list[bool]) -> Case:
    def case(gate: Gate) -> None:
        assert gate.decides_all(body) == decisions

    return case


def _finds(what: str, body: Body, *results: Any) -> Case:
    def case(gate: Gate) -> None:
        assert gate.finds(what, body) == list(results)

    return case


def _basic() -> Iterator[tuple[str, Case]]:
    for name, (body, decision) in {**DECISIONS, **ON_PROPERTIES}.items():
        yield name, _decides(body, decision)
    for name, (body, decision) in {
        "allowed": (TRUE, True),
        "denied": (FALSE, False),
        **{name: ON_PROPERTIES[name] for name in ("a flag, confirmed", "a flag, not confirmed")},
    }.items():
        for how, other in _around(body):
            yield f"{name}, {how}", _decides(other, decision)
    for name, body in _without(TRUE):
        yield f"asked wrongly: {name}", _is_told("evaluation", body)
    yield "the context is a text", _is_told("evaluation", {**TRUE, "context": "x"})
    yield from _transport("evaluation", TRUE)


def _transport(path: str, body: Body) -> Iterator[tuple[str, Case]]:
    for name, raw in {
        "malformed": b'{"subject": ',
        "empty": b"",
        "a list": b"[]",
        "a text": b'"x"',
        "a key twice": _with(body, b'"x": 1, "x": 2'),
        "not a number": _with(body, b'"x": NaN'),
        "half a character": _with(body, b'"x": "\\ud800"'),
    }.items():
        yield f"{path}: a body that is {name}", _is_told(path, raw)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", None):
        yield f"{path}: sent as {kind}", _is_told(path, body, Content_Type=kind)
    yield f"{path}: nobody's token", _is_told(path, body, 401, Authorization="Bearer gh_nobody")
    yield f"{path}: no token", _challenged(path, body)
    yield f"{path}: another's token", _forbidden(path, body)
    yield f"{path}: an id of the request", _echoed(path, body)
    yield f"{path}: in UTF-8", _in_utf8(path, body)


def _with(body: Body, more: bytes) -> bytes:
    return json.dumps(body).encode()[:-1] + b", " + more + b"}"


def _challenged(path: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        answer = gate.asks(path, body, Authorization=None)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")

    return case


def _forbidden(path: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        assert gate.asks(path, body, Authorization=f"Bearer {gate.auditor}").status == 403

    return case


def _echoed(path: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        for given in ("7", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "a b;c=ü", "x" * 500):
            sent = given.encode().decode("latin-1")
            assert gate.asks(path, body, X_Request_ID=sent).headers["x-request-id"] == sent
            assert gate.asks(path, {}, X_Request_ID=sent).headers["x-request-id"] == sent
        assert gate.asks(path, body).status == 200

    return case


def _in_utf8(path: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        answer = gate.asks(path, body, Content_Type="application/json; charset=utf-8")
        assert answer.status == 200

    return case


def _again(gate: Gate) -> None:
    assert [gate.decides(each) for each in (TRUE, FALSE, TRUE, FALSE)] == [True, False] * 2


def _a_deny_says_which_entry_keeps_it(gate: Gate) -> None:
    context = gate.asks("evaluation", FALSE).json["context"]
    assert context["decision_id"]
    assert context["reason"]


def _batch() -> Iterator[tuple[str, Case]]:
    both = [FALSE, TRUE, TRUE, FALSE]
    said = [False, True, True, False]
    default = {"subject": TRUE["subject"], "action": TRUE["action"], "resource": TRUE["resource"]}
    yield "in order", _decide({"evaluations": both}, said)
    for how, body in _around({**default}):
        yield (
            f"defaults, {how}",
            _decide({**body, "evaluations": [{}, FALSE, {}]}, [True, False, True]),
        )
    subjects = [{"subject": each["subject"]} for each in both]
    yield (
        "a default each overrides",
        _decide({**TRUE, "subject": {}, "evaluations": subjects}, said),
    )
    todo = {"resource": {}, "context": {}, "evaluations": both}
    yield "defaults that are empty", _decide(todo, said)
    yield "no array", _single(TRUE, decision=True)
    yield "an empty array", _single({**FALSE, "evaluations": []}, decision=False)
    yield "options alone", _single({**TRUE, "options": {"other": 1}}, decision=True)
    for name, body in _without(TRUE):
        yield f"alone and asked wrongly: {name}", _is_told("evaluations", body)
    for semantic, decisions in {
        "execute_all": said,
        "deny_on_first_deny": [False],
        "permit_on_first_permit": [False, True],
    }.items():
        options = {"options": {"evaluations_semantic": semantic, "unknown": [1]}}
        yield semantic, _decide({**options, "evaluations": both}, decisions)
        least = [FALSE, FALSE] if semantic.startswith("permit") else [TRUE, TRUE]
        until = [semantic[:4] != "perm"] * 2
        yield f"{semantic}, to the end", _decide({**options, "evaluations": least}, until)
        later = _decide(
            {**options, "evaluations": [TRUE, TRUE, FALSE, TRUE]},
            {
                "execute_all": [True, True, False, True],
                "deny_on_first_deny": [True, True, False],
                "permit_on_first_permit": [True],
            }[semantic],
        )
        yield f"{semantic}, later", later
    for wrong in ("first", "", 7, None, ["execute_all"]):
        options = {"options": {"evaluations_semantic": wrong}}
        yield f"semantic {wrong!r}", _is_told("evaluations", {**options, "evaluations": both})
    yield "options that are none", _is_told("evaluations", {"options": 1, "evaluations": both})
    yield "items that are none", _is_told("evaluations", {"evaluations": TRUE})
    yield "too many", _is_told("evaluations", {**TRUE, "evaluations": [{}] * 1001})
    yield "a hundred", _decide({**TRUE, "evaluations": [{}] * 100}, [True] * 100)
    for name, item in _without(TRUE):
        yield f"an item asked wrongly: {name}", _lacking(item)
    yield "a default lacks it", _lacking_all({**TRUE, "subject": {"type": "user"}})
    yield "nothing is merged", _not_merged
    yield "properties are not merged", _properties_not_merged
    yield "an item that lacks something is a deny", _an_error_is_a_deny
    yield from _transport("evaluations", {"evaluations": both})


def _single(body: Body, *, decision: bool) -> Case:
    def case(gate: Gate) -> None:
        answer = gate.asks("evaluations", body).json
        assert answer["decision"] is decision
        assert "evaluations" not in answer

    return case


def _lacking(item: Body) -> Case:
    """One item is not answered, the others are."""

    def case(gate: Gate) -> None:
        answer = gate.asks("evaluations", {"evaluations": [TRUE, item, FALSE]}).json
        first, wrong, last = answer["evaluations"]
        assert (first["decision"], last["decision"]) == (True, False)
        assert wrong["decision"] is False
        assert wrong["context"]["error"]["status"] == 400
        assert wrong["context"]["error"]["message"]

    return case


def _lacking_all(body: Body) -> Case:
    def case(gate: Gate) -> None:
        found = gate.asks("evaluations", {**body, "evaluations": [{}, FALSE]}).json["evaluations"]
        assert [each["decision"] for each in found] == [False, False]
        assert ["error" in each["context"] for each in found] == [True, False]

    return case


def _not_merged(gate: Gate) -> None:
    body = {**TRUE, "evaluations": [{"subject": {"type": "user"}}, {"resource": {"id": "rob"}}]}
    assert gate.decides_all(body) == [False, False]


def _properties_not_merged(gate: Gate) -> None:
    confirmed, _ = ON_PROPERTIES["a flag, confirmed"]
    item = {"action": {"name": "flag", "properties": {"items": ["IMAX"]}}}
    assert gate.decides_all({**confirmed, "evaluations": [{}, item]}) == [True, False]


def _an_error_is_a_deny(gate: Gate) -> None:
    options = {"options": {"evaluations_semantic": "deny_on_first_deny"}}
    body = {**options, "evaluations": [TRUE, {}, TRUE]}
    assert gate.decides_all(body) == [True, False]


def _users(*ids: str) -> list[dict[str, str]]:
    return [{"type": "user", "id": each} for each in ids]


def _named(kind: str, *ids: str) -> list[dict[str, str]]:
    return [{"type": kind, "id": each} for each in ids]


def _of(body: Body, **members: Any) -> Body:
    return {**body, **members}


def _searches() -> Iterator[tuple[str, Case]]:
    opening = {"action": {"name": "open_property"}}
    oaks = {**opening, "resource": {"type": "property", "id": f"{OAKS}"}}
    who = {"subject": {"type": "user"}, **oaks}
    yield "who opens it", _finds("subject", who, *_users(HAL, ALICE, CAROL, BOB, "M90002"))
    yield "who comes in", _finds("subject", SUBJECTS, *_users(HAL, ALICE, CAROL, BOB, "M90002"))
    unlocking = {"action": {"name": "unlock"}, "resource": {"type": "user", "id": IDLE}}
    yield (
        "who unlocks",
        _finds("subject", {"subject": {"type": "user"}, **unlocking}, *_users(BOB)),
    )
    mine = {**opening, "subject": {"type": "user", "id": ALICE}, "resource": {"type": "property"}}
    yield "what she opens", _finds("resource", mine, *_named("property", f"{OAKS}", f"{ELMS}"))
    yield "where she comes in", _finds("resource", RESOURCES, *_named("entry", *ENTRIES))
    whom = _of(RESOURCES, subject={"type": "user", "id": BOB}, action={"name": "unlock"})
    whom["resource"] = {"type": "user"}
    yield "whom he unlocks", _finds("resource", whom, *_users(IDLE))
    contract = {"properties": {"contract_number": BOTH}}
    carols = _of(
        mine, subject={"type": "user", "id": CAROL}, resource={"type": "property", **contract}
    )
    yield "of a contract", _finds("resource", carols, *_named("property", f"{OAKS}", f"{ELMS}"))
    at_rob = _of(ACTIONS, resource={"type": "entry", "id": "rob"})
    yield (
        "what she does there",
        _finds("action", at_rob, {"name": "accept_rob"}, {"name": "login"}),
    )
    to_her = {"subject": {"type": "user", "id": BOB}, "resource": {"type": "user", "id": IDLE}}
    cared = ("assign_staff", "certify", "flag", "unassign_staff", "unlock")
    looked = ("view_history", "view_roles")
    yield (
        "what he does to her",
        _finds("action", to_her, *({"name": n} for n in (*cared, *looked))),
    )
    yield from _nothing_found(who, mine)
    yield from _searched_wrongly()
    yield "every result is true", _every_result_is_true
    for what, body in {"subject": who, "resource": RESOURCES, "action": at_rob}.items():
        yield f"pages of {what}", _pages(what, body)
        yield f"a token of {what}", _token(what, body)
        yield from _transport(f"search/{what}", body)


def _nothing_found(who: Body, mine: Body) -> Iterator[tuple[str, Case]]:
    for kind, one in {
        "record": f"{OAKS}",
        "property": "1",
        "user": NOBODY,
        "entry": "attic",
    }.items():
        strange = _of(who, resource={"type": kind, "id": one})
        yield f"nobody, at {kind} {one}", _finds("subject", strange)
        strange = {"subject": TRUE["subject"], "resource": {"type": kind, "id": one}}
        yield f"nothing, at {kind} {one}", _finds("action", strange)
    yield "nobody of that type", _finds("subject", _of(who, subject={"type": "robot"}))
    yield "nobody does that", _finds("subject", _of(who, action={"name": "paint"}))
    yield "nothing of that type", _finds("resource", _of(mine, resource={"type": "record"}))
    for kind, one in {"user": NOBODY, "robot": ALICE}.items():
        subject = {"subject": {"type": kind, "id": one}}
        yield f"nothing for {kind} {one}", _finds("resource", _of(mine, **subject))
        yield f"nothing done by {kind} {one}", _finds("action", _of(ACTIONS, **subject))


def _searched_wrongly() -> Iterator[tuple[str, Case]]:
    of = {"subject": SUBJECTS, "resource": RESOURCES, "action": ACTIONS}
    for what, body in of.items():
        for name, wrong in _without(body):
            yield f"search {what}: {name}", _is_told(f"search/{what}", wrong)
        for page in ("x", [], {"limit": -1}, {"limit": "1"}, {"token": 1}, {"token": "?"}):
            yield f"search {what}: {page}", _is_told(f"search/{what}", _of(body, page=page))
        for how, other in _around({n: {**v} for n, v in body.items()}):
            yield f"search {what}, {how}", _same(what, body, other)
    for what, name in (("subject", "subject"), ("resource", "resource")):
        ignored = _of(of[what], **{name: {**of[what][name], "id": NOBODY}})
        yield f"search {what}: the id is ignored", _same(what, of[what], ignored)
    yield "search action: the action is ignored", _same("action", ACTIONS, TRUE)
    yield "one is no other: subject", _is_told("search/resource", SUBJECTS)
    yield "one is no other: resource", _is_told("search/subject", RESOURCES)
    yield "one is no other: action", _is_told("search/subject", ACTIONS)


def _same(what: str, body: Body, other: Body) -> Case:
    def case(gate: Gate) -> None:
        found = gate.finds(what, body)
        assert found
        assert gate.finds(what, other) == found

    return case


def _every_result_is_true(gate: Gate) -> None:
    for what, body in {"subject": SUBJECTS, "resource": RESOURCES, "action": ACTIONS}.items():
        found = gate.finds(what, body)
        assert found
        assert gate.decides_all({**body, "evaluations": [{what: each} for each in found]}) == [
            True
        ] * len(found)


def _pages(what: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        whole = gate.finds(what, body)
        assert len(whole) > 1
        assert gate.finds(what, _of(body, page={"limit": 1})) == whole
        first = gate.asks(f"search/{what}", _of(body, page={"limit": 1})).json
        assert first["results"] == whole[:1]
        nothing = gate.asks(f"search/{what}", _of(body, page={"limit": 0})).json
        assert nothing["results"] == []
        again = {"limit": 1, "token": first["page"]["next_token"]}
        repeated = gate.asks(f"search/{what}", _of(body, page=again)).json
        assert repeated["results"] == whole[1:2]

    return case


def _token(what: str, body: Body) -> Case:
    def case(gate: Gate) -> None:
        first = gate.asks(f"search/{what}", _of(body, page={"limit": 1})).json
        page = {"token": first["page"]["next_token"]}
        for other in (
            _of(body, context={"other": 1}, page=page),
            _of(body, page={**page, "limit": 2}),
            _of(body, page={"token": page["token"][:-4] + "AAAA"}),
        ):
            assert gate.asks(f"search/{what}", other).status == 400, other

    return case


def _discovery() -> Iterator[tuple[str, Case]]:
    yield "discovery", _is_discovered


def _is_discovered(gate: Gate) -> None:
    for headers in ({}, {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        answer = gate.gets("/.well-known/authzen-configuration", **headers)
        told: Mapping[str, str] = answer.json
        assert told["policy_decision_point"] == gate.base
        assert told["access_evaluation_endpoint"] == f"{gate.base}/access/v1/evaluation"
        assert told["access_evaluations_endpoint"] == f"{gate.base}/access/v1/evaluations"
        for what in ("subject", "resource", "action"):
            assert told[f"search_{what}_endpoint"] == f"{gate.base}/access/v1/search/{what}"
        assert all(told.values())
        assert "max-age" in answer.headers["cache-control"]


def _all() -> Iterator[tuple[str, Case]]:
    yield from _basic()
    yield "asked again", _again
    yield "a deny says which entry keeps it", _a_deny_says_which_entry_keeps_it
    yield from _batch()
    yield from _searches()
    yield from _discovery()


CASES: dict[str, Case] = dict(_all())
