"""What may be said of an exception: its kind and where in our code it rose, never its text.

The text may hold what was asked, parameters of a statement, or a password.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_OURS = ("service", "models")
_DEEPEST = 8


def told(error: BaseException) -> dict[str, object]:
    """*error* by its type, the types and codes of what is behind it, and our own frames."""
    behind = list(_behind(error))
    found: dict[str, object] = {"error": kind(error), "at": list(_frames(error))[-_DEEPEST:]}
    if behind:
        found["because"] = [kind(each) for each in behind]
    if codes := [code for each in (error, *behind) if (code := _code(each))]:
        found["code"] = codes[-1]
    return found


def kind(error: BaseException) -> str:
    """The type of *error*, with its module."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    while (behind := error.__cause__ or error.__context__) is not None and id(behind) not in seen:
        seen.add(id(behind))
        yield behind
        error = behind


def _code(error: BaseException) -> str:
    """The SQLSTATE of PostgreSQL, or SQLite's name of what went wrong; '' for neither."""
    return str(getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or "")


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and (own := path.relative_to(_ROOT)).parts[0] in _OURS:
            yield f"{own.as_posix()}:{frame.name}:{frame.lineno}"
