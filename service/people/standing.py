"""A person's standing is kept in one row, rewritten with every change of what it comes from."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, LargeBinary, select, type_coerce

from models.documents import keep_documents
from models.members import listed, texts
from models.people import Standing as StandingRow
from models.prepared import Prepared
from models.types import AnySelect, canonical
from service.core.standing import Standing, to_plain
from service.people.gathering import gather_standings, in_batches

Settle = Callable[[dict[str, Standing]], dict[str, Standing]]


def rewrite(
    connection: Connection, ids: Collection[str], settle: Settle = lambda standings: standings
) -> int:
    """Bring the standing rows of *ids* up to their tables; how many changed (version + 1).

    *settle* is shown these people, held; it may change their tables, and gives them back then.
    """
    return sum(_rewrite_batch(connection, batch, settle) for batch in in_batches(ids))


def _rewrite_batch(connection: Connection, ids: Sequence[str], settle: Settle) -> int:
    before = dict(_STORED.rows(connection, ids=listed(ids)))
    now = settle(gather_standings(connection, ids))
    documents = {i: canonical(to_plain(each)) for i, each in now.items()}
    changed = {i: document for i, document in documents.items() if document != before.get(i)}
    keep_documents(connection, changed)
    return len(changed)


def _stored(dialect: str) -> AnySelect:
    """Held before the tables are read, so that no change of somebody else's is left out."""
    document = type_coerce(StandingRow.document, LargeBinary)
    return (
        select(StandingRow.person_id, document)
        .where(StandingRow.person_id.in_(texts(dialect, "ids")))
        .order_by(StandingRow.person_id)
        .with_for_update()
    )


# Built once: building a statement takes longer than running it.
_STORED = Prepared(_stored)
