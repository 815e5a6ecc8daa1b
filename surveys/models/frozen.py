"""Frozen rows: triggers that let the database itself refuse to change what has been published."""

import pgtrigger


def frozen_version(what: str) -> list[pgtrigger.Trigger]:
    """A version that is no draft: only its state may still move, and never back to draft."""
    return [
        pgtrigger.Protect(
            name=f"frozen_{what}_version_delete",
            operation=pgtrigger.Delete,
            condition=~pgtrigger.Q(old__state="draft"),
        ),
        pgtrigger.Trigger(
            name=f"frozen_{what}_version",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=~pgtrigger.Q(old__state="draft"),
            func=pgtrigger.Func(
                f"""
                    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' OR NEW.state = 'draft' THEN
                        RAISE EXCEPTION 'A published {what} version cannot be changed: publish a new version.';
                    END IF;
                    RETURN NEW;
                    """
            ),
        ),
    ]


def frozen_child(table: str, parent: str, column: str, what: str) -> pgtrigger.Trigger:
    """Refuse any write to rows of a frozen version; the parent's state decides."""
    return pgtrigger.Trigger(
        name=f"frozen_{table}",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("parent_state", "text")],
        func=pgtrigger.Func(
            f"""
            IF TG_OP = 'INSERT' THEN
                SELECT state INTO parent_state FROM {parent} WHERE id = NEW.{column};
            ELSE
                SELECT state INTO parent_state FROM {parent} WHERE id = OLD.{column};
            END IF;
            IF parent_state <> 'draft' THEN
                RAISE EXCEPTION 'A published {what} version cannot be changed: publish a new version.';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
            """  # noqa: S608 - constants of this module
        ),
    )
