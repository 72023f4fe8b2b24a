"""How far the closing of a certification window has come."""

import sqlalchemy as sa
from alembic import op

import models.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "window_closing",
        sa.Column("population", sa.String(40), nullable=False),
        sa.Column("closes", models.types.Day(), nullable=False),
        sa.Column("opens", models.types.Day(), nullable=False),
        sa.Column("through", sa.String(6), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("closed_out", sa.Integer(), nullable=False),
        sa.Column("uncertified", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(36), nullable=False),
        sa.Column("finished_at", models.types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("population", "closes", name=op.f("pk_window_closing")),
    )


def downgrade() -> None:
    op.drop_table("window_closing")
