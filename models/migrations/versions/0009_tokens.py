"""Tokens are kept as HMAC, end on a day, and say when they were used last."""

import sqlalchemy as sa
from alembic import op

import models.types
from models.token_key import TokenKey, token_key_of

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROWS = sa.text("SELECT name, token_digest FROM client")
_KEYED = sa.text(
    "UPDATE client SET token_id = :token_id, token_digest = :token_digest,"
    " token_key_id = :token_key_id WHERE name = :name"
)


def upgrade() -> None:
    """Every token stays good: it is keyed by what is kept of it, once and only here."""
    with op.batch_alter_table("client") as client:
        client.add_column(sa.Column("token_id", sa.String(32), nullable=True))
        client.add_column(sa.Column("token_key_id", sa.String(16), nullable=True))
        client.add_column(sa.Column("expires_on", models.types.Day(), nullable=True))
        client.add_column(
            sa.Column("last_used_at", models.types.Instant(timezone=True), nullable=True)
        )
    _key_every_row(op.get_bind())
    with op.batch_alter_table("client") as client:
        client.drop_constraint("uq_client_token_digest", type_="unique")
        client.drop_constraint("pk_client", type_="primary")
        client.alter_column("token_id", existing_type=sa.String(32), nullable=False)
        client.alter_column("token_key_id", existing_type=sa.String(16), nullable=False)
        client.create_primary_key("pk_client", ["token_id"])
        client.create_index("ix_client_name", ["name"])


def _key_every_row(bind: sa.Connection) -> None:
    """Raises TokenKeyError where there are clients and no key is at hand."""
    if rows := bind.execute(_ROWS).all():
        key = token_key_of(bind)
        bind.execute(_KEYED, [{"name": name, **_kept(key, digest)} for name, digest in rows])


def _kept(key: TokenKey, digest: str) -> dict[str, str]:
    mac = key.mac_of(bytes.fromhex(digest))
    return {"token_id": mac[:32], "token_digest": mac, "token_key_id": key.key_id}


def downgrade() -> None:
    raise NotImplementedError("what was kept of the tokens before cannot be had again")
