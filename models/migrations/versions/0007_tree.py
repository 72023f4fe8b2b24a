"""The tree over the ledger: leaves, nodes, head, checkpoints."""

import hashlib
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

import models.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_REFUSAL = "the ledger is append-only"
_BATCH = 1000
_ADDED_TO = {"signature": "entry_id", "checkpoint": "id"}
_KEPT = ("entry_id", "leaf_hash")


def upgrade() -> None:
    no_login = sa.text("kind <> 'login'")
    op.create_index(
        "ix_entry_kind_id",
        "entry",
        ["kind", "id"],
        sqlite_where=no_login,
        postgresql_where=no_login,
    )
    _leaf()
    _tree()
    _checkpoints()
    _leaves_of_old_entries()
    (_guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql)()


def _leaf() -> None:
    op.create_table(
        "leaf",
        sa.Column("entry_id", sa.String(36), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tree_index", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_leaf")),
    )
    op.create_table(
        "signature",
        sa.Column("entry_id", sa.String(36), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_signature")),
    )
    sealed = sa.text("tree_index IS NOT NULL")
    op.create_index(
        "ix_leaf_tree_index",
        "leaf",
        ["tree_index"],
        unique=True,
        sqlite_where=sealed,
        postgresql_where=sealed,
    )
    unsealed = sa.text("tree_index IS NULL")
    op.create_index(
        "ix_leaf_unsealed",
        "leaf",
        ["entry_id"],
        sqlite_where=unsealed,
        postgresql_where=unsealed,
    )


def _tree() -> None:
    op.create_table(
        "node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_node")),
    )
    head = op.create_table(
        "tree_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_tree_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_head")),
    )
    origin = f"gatehouse/{uuid4().hex}"
    op.bulk_insert(head, [{"id": 1, "origin": origin, "size": 0, "peaks": b""}])


def _checkpoints() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at", models.types.Instant(timezone=True), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "delivery",
        sa.Column("receiver", sa.String(400), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(36), nullable=False),
        sa.Column("until", models.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("receiver", name=op.f("pk_delivery")),
    )


def _leaves_of_old_entries() -> None:
    connection = op.get_bind()
    add = sa.text("INSERT INTO leaf (entry_id, leaf_hash) VALUES (:id, :hash)")
    page = sa.text("SELECT id, body FROM entry WHERE id > :after ORDER BY id LIMIT :many")
    after = ""
    while rows := connection.execute(page, {"after": after, "many": _BATCH}).all():
        hashes = [hashlib.sha256(b"\x00" + bytes(row.body)).digest() for row in rows]
        told = zip(rows, hashes, strict=True)
        connection.execute(add, [{"id": r.id, "hash": h} for r, h in told])
        after = rows[-1].id


def _guard_sqlite() -> None:
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    op.execute(
        "CREATE TRIGGER leaf_sealed_once BEFORE UPDATE ON leaf WHEN OLD.tree_index IS NOT NULL "
        f"OR NEW.tree_index IS NULL OR {changed} {refuse}"
    )
    op.execute(f"CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf {refuse}")
    op.execute(
        "CREATE TRIGGER leaf_no_replace BEFORE INSERT ON leaf WHEN EXISTS (SELECT 1 FROM leaf "
        "WHERE entry_id = NEW.entry_id OR (NEW.tree_index IS NOT NULL AND "
        f"tree_index = NEW.tree_index)) {refuse}"
    )
    for table, key in _ADDED_TO.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}"
        )


def _guard_postgresql() -> None:
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT)
    op.execute(
        "CREATE FUNCTION seal_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.tree_index IS NOT NULL OR NEW.tree_index IS NULL OR {changed} "
        f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER leaf_sealed_once BEFORE UPDATE ON leaf "
        "FOR EACH ROW EXECUTE FUNCTION seal_once()"
    )
    added = dict.fromkeys(_ADDED_TO, "UPDATE OR DELETE OR TRUNCATE")
    for table, verbs in {"leaf": "DELETE OR TRUNCATE", **added}.items():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise NotImplementedError("the ledger's tree is not taken away")
