"""What a rule of api.csv may know: the call, and the client that makes it."""

from dataclasses import dataclass

from service.core.facts import Dated, Group, Kind, fact

#: What a client may hold; the rules say what each opens.
SCOPES = {
    "gate": "ask at a login, accept the Rules of Behavior",
    "subsystem": "act for coordinators in the Recertification subsystem",
    "feed": "say what WASS says",
    "auditor": "read decisions and the ledger",
    "author": "publish policy revisions",
    "approver": "approve policy revisions",
    "operator": "read metrics",
}
#: What may be called, by HTTP or at the command line; every door is one of them.
CALLS = {
    "login": "ask at a login",
    "accept_rob": "accept the Rules of Behavior",
    "outlook": "ask what will lock",
    "evaluate": "ask whether somebody may do something (AuthZEN)",
    "search": "search who may, to what, and what may be done (AuthZEN)",
    "subsystem": "act in the Recertification subsystem",
    "people": "say what WASS says of a person",
    "decisions": "read decisions",
    "reviews": "ask a reviewer's questions",
    "who_can": "ask who can do what",
    "ledger": "read the ledger and its proofs",
    "policy": "read the revisions of the policy",
    "publish": "publish a revision",
    "approve": "approve a revision",
    "activate": "let a revision count",
    "roll_back": "go back to the revision before",
    "metrics": "read metrics",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingClient(Group):
    """The client whose token a call brings."""

    known: bool = fact(Kind.YES_NO, "The token is, or was, a client's.")
    revoked: bool = fact(Kind.YES_NO, "The token was revoked, or its client was.")
    expires_on: str = fact(Kind.DAY, "The last day of the token.")
    scopes: tuple[str, ...] = fact(Kind.CODES, "The scopes the client holds.", codes="scopes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFacts(Dated):
    """What a rule of api.csv may know."""

    call: str = fact(Kind.CODE, "What is called; every door of Gatehouse is one.", codes="calls")
    client: CallingClient


NOBODY = CallingClient(known=False, revoked=False, expires_on="", scopes=())
