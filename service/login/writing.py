"""The one statement that writes a login down on PostgreSQL, if what it was judged on still stands.

It locks the person's standing, so that nobody changes it meanwhile, and compares version and
active rulebook; where they are not those that were read, it writes nothing.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from models.gate import Activity
from models.ledger import Entry, Leaf, Signature
from models.people import Standing
from models.policy import ActiveRevision
from models.prepared import Prepared
from models.types import AnySelect
from models.upsert import moving
from service.ledger.entries import Drawn
from service.login.gather import Gathered


def write_held(connection: Connection, drawn: Drawn, gathered: Gathered, day: str) -> bool:
    """Write *drawn*, and the activity of its person on *day* ('': none), if what was *gathered*
    still stands; whether it does."""
    statement = _OF_A_STRANGER if gathered.version is None else _OF_A_PERSON
    values = {**drawn.row, **_UNSIGNED, **drawn.signature, "leaf_hash": drawn.leaf_hash}
    does = {"signs": bool(drawn.signature), "moves": bool(day), "last_on": day}
    held = {"digest": gathered.digest, "version": gathered.version}
    ((written,),) = statement.rows(connection, **values, **does, **held)
    return bool(written)


def _writing(held: AnySelect) -> AnySelect:
    """Everything a login leaves behind, written once for the one row of *held*, or not at all."""
    still = held.cte("held")
    entered = {each.name: each.name for each in Entry.__table__.columns}
    leaf = {"entry_id": "id", "leaf_hash": "leaf_hash"}
    signature = {"entry_id": "id", "key_id": "key_id", "signature": "signature"}
    activity = {"person_id": "person_id", "last_on": "last_on"}
    signs = _given(Signature, signature, still).where(bindparam("signs", type_=Boolean))
    moves = _given(Activity, activity, still).where(bindparam("moves", type_=Boolean))
    moved = moving("postgresql", Activity, key="person_id", forward="last_on")
    return (
        select(func.count())
        .select_from(still)
        .add_cte(
            insert(Entry).from_select(list(entered), _given(Entry, entered, still)).cte("entered"),
            insert(Leaf).from_select(list(leaf), _given(Leaf, leaf, still)).cte("grown"),
            insert(Signature).from_select(list(signature), signs).cte("signed"),
            moved.from_select(list(activity), moves).cte("moved"),
        )
    )


def _given(model: Any, names: dict[str, str], still: CTE) -> Select[Any]:
    """The parameters *names*, by column of *model*, once for each row of *still*."""
    return select(*(_parameter(getattr(model, c), n) for c, n in names.items())).select_from(still)


def _parameter(column: InstrumentedAttribute[Any], name: str) -> Any:
    return bindparam(name, type_=column.type).label(None)


_UNSIGNED = {"key_id": "", "signature": b""}
_ACTIVE = ActiveRevision.digest == bindparam("digest")
_OF_A_PERSON = Prepared(
    lambda _: _writing(
        select(literal_column("1"))
        .select_from(ActiveRevision)
        .join(Standing, Standing.person_id == bindparam("person_id"))
        .where(_ACTIVE, Standing.version == bindparam("version"))
        .with_for_update(read=True, of=Standing)
    )
)
_OF_A_STRANGER = Prepared(lambda _: _writing(select(literal_column("1")).where(_ACTIVE)))
