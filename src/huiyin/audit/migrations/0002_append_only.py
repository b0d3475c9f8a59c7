"""The database itself refuses to change or remove what was recorded."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""

# What may differ is the place and the chain hash, once; all other columns stay as they were inserted.
SEALED_ONCE = {
    "audit_record": ("sequence", ("id", "at", "action", "actor", "subject", "why", "data")),
    "audit_leaf": ("index", ("id", "recorded_at", "leaf_hash")),
}
NEVER_CHANGED = ("audit_node", "audit_treehead")


def _sealed_once(table, place, kept):
    old, new = (", ".join(f'{row}."{name}"' for name in kept) for row in ("OLD", "NEW"))
    return f"""
CREATE TRIGGER {table}_change BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD."{place}" IS NOT NULL OR NEW."{place}" IS NULL OR ({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} FOR EACH ROW
    WHEN (NEW."{place}" IS NOT NULL) EXECUTE FUNCTION audit_refuse();
"""


def _forward():
    parts = [REFUSE]
    parts += [_sealed_once(table, place, kept) for table, (place, kept) in SEALED_ONCE.items()]
    parts += [
        f"CREATE TRIGGER {table}_change BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse();"
        for table in NEVER_CHANGED
    ]
    for table in (*SEALED_ONCE, *NEVER_CHANGED):
        parts.append(
            f"CREATE TRIGGER {table}_remove BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse();"
        )
        parts.append(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse();"
        )
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    # Dropping the function with its dependants drops every trigger.
    operations = [migrations.RunSQL(_forward(), "DROP FUNCTION audit_refuse() CASCADE;")]
