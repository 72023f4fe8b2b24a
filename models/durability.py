"""Whether what is answered can be committed, and outlives a power failure."""

from sqlalchemy import Connection

_DURABLE = {
    "sqlite": {
        "PRAGMA journal_mode": {"wal"},
        "PRAGMA synchronous": {"2", "3"},
        "PRAGMA query_only": {"0"},
    },
    "postgresql": {
        "SHOW fsync": {"on"},
        "SHOW full_page_writes": {"on"},
        "SHOW synchronous_commit": {"on", "remote_apply"},
        "SHOW transaction_read_only": {"off"},  # it is on at a standby
    },
}


def weakness(connection: Connection) -> str:
    """The first setting by which the database keeps no commit for good; '' when there is none."""
    for question, durable in _DURABLE[connection.dialect.name].items():
        found = str(connection.exec_driver_sql(question).scalar()).lower()
        if found not in durable:
            return f"{question}: expected {' or '.join(sorted(durable))}, found {found}"
    return ""
