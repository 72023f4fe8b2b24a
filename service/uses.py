"""When tokens were used last, to the minute: noted by every call, written now and then."""

from datetime import datetime

from sqlalchemy import Engine, bindparam, or_, update

from models.gate import Client as Row

_AT = bindparam("at", type_=Row.last_used_at.type)
_LATER = (
    update(Row)
    .where(Row.token_id == bindparam("used"))
    .where(or_(Row.last_used_at.is_(None), Row.last_used_at < _AT))
    .values(last_used_at=_AT)
)


class Uses:
    """The latest use of each token that this process met since it wrote them down."""

    def __init__(self) -> None:
        self._latest: dict[str, datetime] = {}

    def note(self, token_id: str, at: datetime) -> None:
        """The token was used."""
        self._latest[token_id] = at

    def write(self, engine: Engine) -> None:
        """Write them down, unless another host wrote a later one."""
        latest, self._latest = self._latest, {}
        if latest:
            # In one order on every host, so that none waits for one that waits for it.
            used = [{"used": token_id, "at": at} for token_id, at in sorted(latest.items())]
            with engine.begin() as connection:
                connection.execute(_LATER, used)
