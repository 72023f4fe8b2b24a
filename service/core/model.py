"""The Casbin model, as known text: how one row is read. A model.conf that differs is refused."""

from service.core.findings import Findings

MODEL_FILE = "model.conf"
#: What every rule may be asked with, in Casbin's order; an action uses some of them.
REQUEST = (
    "action", "today", "entry", "user", "window", "contract", "property", "system",
    "asked", "actor", "target", "flag", "limit", "request", "covered",
    "call", "client",
)  # fmt: skip
MODEL = f"""\
[request_definition]
r = {", ".join(REQUEST)}
[policy_definition]
p = action, eft, reason, condition
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.action == p.action && eval(p.condition)
"""


def check_model(text: str, findings: Findings) -> None:
    """Note the first line of model.conf (comments and blank lines aside) that is not known."""
    known = MODEL.splitlines()
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if _says(line)]
    for expected, (number, line) in zip(known, lines, strict=False):
        if line != expected:
            findings.add(MODEL_FILE, number, f"expected `{expected}`, found `{line}`")
            return
    if len(lines) != len(known):
        findings.add(MODEL_FILE, text.count("\n"), f"expected {len(known)} lines of model")


def _says(line: str) -> bool:
    return bool(line) and not line.startswith("#")
