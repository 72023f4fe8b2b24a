"""On PostgreSQL a partition of the ledger for each month; and no index that serves no query."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: No query looks for these columns alone, and no row they point to is ever removed.
_IDLE = {
    "ix_contract_property_property_id": "contract_property",
    "ix_property_assignment_property_id": "property_assignment",
    "ix_contract_assignment_contract_number": "contract_assignment",
    "ix_certification_request_coordinator_id": "certification_request",
    "ix_flag_coordinator_id": "flag",
    "ix_rob_acceptance_person_id": "rob_acceptance",
}
#: Ids are compared with bounds, and joined: byte by byte, whatever the database's language.
_IDS = {"entry": "id", "leaf": "entry_id", "signature": "entry_id"}
_INDEXES = ("pk_entry", "ix_entry_person_id_id", "ix_entry_reason_id", "ix_entry_kind_id")

# What ids made in the month of *first* (UTC) or later are not below: they begin with the time.
_BOUND = """
CREATE FUNCTION public.entry_bound(first date) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0')
  FROM (SELECT extract(epoch FROM first)::bigint * 1000 AS ms) AS time
$$
"""
# The month (UTC) an id was made in; null for what is no id of ours.
_MONTH = r"""
CREATE FUNCTION public.entry_month(id text) RETURNS date LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT date_trunc('month', to_timestamp(
    ('x' || replace(left(id, 13), '-', ''))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')::date
  WHERE id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-'
$$
"""
# Makes the partition of one month; false where there is one, or entries wait in the default one.
# Attached and not created there: so no writer waits, and nobody else for long.
_ONE = r"""
CREATE FUNCTION public.entry_partition(first date) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := 'entry_' || to_char(first, 'YYYY_MM');
  low text := public.entry_bound(first);
  high text := public.entry_bound((first + interval '1 month')::date);
BEGIN
  IF to_regclass('public.' || name) IS NOT NULL
    OR EXISTS (SELECT FROM public.entry_default WHERE id >= low AND id < high)
    OR EXISTS (
      SELECT FROM (SELECT pg_get_expr(c.relpartbound, c.oid) COLLATE "C" AS bound
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.entry'::regclass) AS there
      WHERE coalesce(substring(bound FROM $r$FROM \('([^']*)'\)$r$), '') < high
        AND substring(bound FROM $r$TO \('([^']*)'\)$r$) > low)
  THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.entry INCLUDING DEFAULTS)', name);
  EXECUTE format('CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE '
    'ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', name);
  EXECUTE format('ALTER TABLE public.entry ATTACH PARTITION public.%I '
    'FOR VALUES FROM (%L) TO (%L)', name, low, high);
  RETURN true;
END $$
"""
# For the service, which owns no table: this month and the next three. It takes nothing from whoever
# calls it, so it can be made to do nothing else.
_AHEAD = """
CREATE FUNCTION public.entry_partitions_ahead() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this date := date_trunc('month', now() AT TIME ZONE 'UTC');
  made integer := 0;
BEGIN
  LOCK TABLE ONLY public.entry IN SHARE UPDATE EXCLUSIVE MODE;
  FOR ahead IN 0..3 LOOP
    made := made + public.entry_partition((this + ahead * interval '1 month')::date)::integer;
  END LOOP;
  RETURN made;
END $$
"""
# For the owner, in a quiet moment: what waits in the default partition goes to those of its months.
# It is copied, and only then is the old default dropped: no guard is lifted.
_SORTED_IN = """
CREATE FUNCTION public.entry_default_sorted_in() RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  beyond date := date_trunc('month', now() AT TIME ZONE 'UTC') + interval '4 months';
  month date;
  copied bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.entry_default WHERE public.entry_month(id) < beyond)
  THEN RETURN 0; END IF;
  LOCK TABLE public.entry IN ACCESS EXCLUSIVE MODE;
  ALTER TABLE public.entry DETACH PARTITION public.entry_default;
  ALTER TABLE public.entry_default RENAME TO entry_displaced;
  CREATE TABLE public.entry_default PARTITION OF public.entry DEFAULT;
  CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.entry_default
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
  FOR month IN
    SELECT DISTINCT public.entry_month(id) FROM public.entry_displaced
    WHERE public.entry_month(id) < beyond
  LOOP PERFORM public.entry_partition(month); END LOOP;
  INSERT INTO public.entry SELECT * FROM public.entry_displaced;
  GET DIAGNOSTICS copied = ROW_COUNT;
  DROP TABLE public.entry_displaced;
  RETURN copied;
END $$
"""
# Whoever could read or add to the table can do so to the partitioned one, and to no partition.
_GRANTS = """
DO $$
DECLARE held record;
BEGIN
  FOR held IN
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role,
      privilege_type AS may
    FROM pg_class c, aclexplode(c.relacl)
    WHERE c.oid = 'public.{old}'::regclass AND grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON public.entry TO %s', held.may, held.role);
    EXECUTE format('REVOKE %s ON public.{old} FROM %s', held.may, held.role);
  END LOOP;
END $$
"""


def upgrade() -> None:
    for index, table in _IDLE.items():
        op.drop_index(index, table)
    if op.get_bind().dialect.name == "postgresql":
        _compare_ids_bytewise()
        for function in (_BOUND, _MONTH, _ONE, _AHEAD, _SORTED_IN):
            op.execute(function)
        _for_nobody_but_the_owner()
        _partitioned()


def _compare_ids_bytewise() -> None:
    """Rows stay where they are; their indexes are made anew."""
    for table, column in _IDS.items():
        op.execute(f'ALTER TABLE {table} ALTER {column} TYPE varchar(36) COLLATE "C"')


def _for_nobody_but_the_owner() -> None:
    for function in (
        "entry_bound(date)",
        "entry_month(text)",
        "entry_partition(date)",
        "entry_partitions_ahead()",
        "entry_default_sorted_in()",
    ):
        op.execute(f"REVOKE ALL ON FUNCTION public.{function} FROM PUBLIC")


def _partitioned() -> None:
    """The table there is becomes the first partition, as it is, with its guard; others follow."""
    bound, old = _end_of_the_first()
    op.execute(f"ALTER TABLE entry RENAME TO {old}")
    for index in _INDEXES:
        op.execute(f"ALTER INDEX {index} RENAME TO {index.replace('entry', old, 1)}")
    op.execute(
        f"CREATE TABLE entry (LIKE {old} INCLUDING DEFAULTS, "
        "CONSTRAINT pk_entry PRIMARY KEY (id)) PARTITION BY RANGE (id)"
    )
    no_login = sa.text("kind <> 'login'")
    op.create_index("ix_entry_person_id_id", "entry", ["person_id", "id"])
    op.create_index("ix_entry_reason_id", "entry", ["reason", "id"])
    op.create_index("ix_entry_kind_id", "entry", ["kind", "id"], postgresql_where=no_login)
    op.execute(
        f"ALTER TABLE entry ATTACH PARTITION {old} FOR VALUES FROM (MINVALUE) TO ('{bound}')"
    )
    op.execute("CREATE TABLE entry_default PARTITION OF entry DEFAULT")
    for table in ("entry", "entry_default"):
        op.execute(
            f"CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(_GRANTS.format(old=old))


def _end_of_the_first() -> tuple[str, str]:
    """The bound behind this month and behind every entry there is; the name of what ends there."""
    last = "(SELECT public.entry_month(max(id)) FROM entry)"
    now = "date_trunc('month', now() AT TIME ZONE 'UTC')::date"
    end = f"(greatest({now}, {last}) + interval '1 month')::date"
    told = f"SELECT public.entry_bound({end}), 'entry_before_' || to_char({end}, 'YYYY_MM')"
    bound, name = op.get_bind().exec_driver_sql(told).one()
    return str(bound), str(name)


def downgrade() -> None:
    raise NotImplementedError("the ledger's guard is not taken away")
