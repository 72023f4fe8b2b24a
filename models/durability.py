"""Whether what was committed outlives a power failure."""

from sqlalchemy import Connection

_DURABLE = {
    "sqlite": {"PRAGMA journal_mode": {"wal"}, "PRAGMA synchronous": {"2", "3"}},
    "postgresql": {
        "SHOW fsync": {"on"},
        "SHOW full_page_writes": {"on"},
        "SHOW synchronous_commit": {"on", "remote_apply"},
    },
}


def weakness(connection: Connection) -> str:
    """The first setting by which the database may forget a commit; '' when there is none."""
    for question, durable in _DURABLE[connection.dialect.name].items():
        found = str(connection.exec_driver_sql(question).scalar()).lower()
        if found not in durable:
            return f"{question}: expected {' or '.join(sorted(durable))}, found {found}"
    return ""
