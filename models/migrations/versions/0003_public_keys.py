"""The public keys receipts are signed with."""

import sqlalchemy as sa
from alembic import op

import models.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_key",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("public_key", sa.String(60), nullable=False),
        sa.Column("first_used_at", models.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_public_key")),
    )


def downgrade() -> None:
    op.drop_table("public_key")
