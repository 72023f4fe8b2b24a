"""Publishing, approving and activating revisions: steps that are only ever added."""

import sqlalchemy as sa
from alembic import op

import models.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REFUSAL = "policy steps are append-only"
_TABLES = ("revision", "publication", "approval", "activation")
_DIGEST, _NAME, _NOTE = sa.String(64), sa.String(80), sa.String(400)


def upgrade() -> None:
    _publication()
    _activation()
    _approval()
    op.execute(
        "INSERT INTO activation (digest, replaces, how, taken_by, note, activated_at) "
        "SELECT digest, '', 'installed', 'gatehouse', 'Active before steps were kept', since "
        "FROM active_revision"
    )
    for table in _TABLES:
        _guard(table)


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("replaces", _DIGEST, nullable=False),
        sa.Column("author", _NAME, nullable=False),
        sa.Column("note", _NOTE, nullable=False),
        sa.Column("published_at", models.types.Instant(timezone=True), nullable=False),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.Column("report", models.types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["revision.digest"], name=op.f("fk_publication_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_index(op.f("ix_publication_digest"), "publication", ["digest"])


def _activation() -> None:
    op.create_table(
        "activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("replaces", _DIGEST, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("taken_by", _NAME, nullable=False),
        sa.Column("note", _NOTE, nullable=False),
        sa.Column("activated_at", models.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["revision.digest"], name=op.f("fk_activation_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
    )


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("activation_id", sa.Integer(), nullable=False),
        sa.Column("approver", _NAME, nullable=False),
        sa.Column("note", _NOTE, nullable=False),
        sa.Column("approved_at", models.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["revision.digest"], name=op.f("fk_approval_digest")),
        sa.ForeignKeyConstraint(
            ["activation_id"], ["activation.id"], name=op.f("fk_approval_activation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )


def _guard(table: str) -> None:
    """No row of *table* is ever changed or removed, whoever asks."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE deletes without asking the trigger for deletions.
    key = "digest" if table == "revision" else "id"
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("the record of policy steps is not taken away")
