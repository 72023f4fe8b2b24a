"""Looking ahead: the ledger's partitions are made long before the first entry wants one."""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.partitions import make_ahead
from service.logs import log


def look_ahead(engine: Engine) -> None:
    """Make what is missing of the next partitions; whoever may not, or cannot now, says so.

    No entry waits for it: what has no partition goes to the default one.
    """
    if engine.dialect.name != "postgresql":
        return
    try:
        with engine.begin() as connection:
            make_ahead(connection)
    except SQLAlchemyError as error:
        cure = "`gatehouse db upgrade` with GATEHOUSE_OWNER_URL makes them, and lets the service"
        log().warning("no partitions made ahead", cure=cure, exc_info=error)
