/*
 * diff_decide.c - what becomes of each object on the way from a schema to another
 *
 * Steps 1 to 3 of diff.c in their order.  Here is what an object's own properties
 * decide, and at the end what is dropped and created by itself; what is the same
 * is found by diff_match.c, enumerations have diff_enum.c, and what must follow
 * because it needs what changes, diff_spread.c.
 */
#include "diff.h"

#include <string.h>

/* ---- 1. what is left alone ---- */

/*
 * What is live and not desired, and is left alone: it stays, and on the way
 * back it is there already.
 */
static void
mark_what_stays(const MigSchema *live)
{
	for (size_t i = 0; i < live->objects.n; i++)
	{
		Object *object = live->objects.at[i];

		object->stays = object->twin == NULL && (object->kind->flags & KIND_STAYS);
	}
}

/*
 * A filter leaves it alone in both schemas.  What has a twin is not marked: decide() passes over
 * it.
 */
static void
mark_what_is_out(const MigSchema *schema)
{
	for (size_t i = 0; i < schema->objects.n; i++)
		if (schema->objects.at[i]->out && schema->objects.at[i]->twin == NULL)
			schema->objects.at[i]->stays = true;
}

/* ---- 2. decide ---- */

/*
 * The statement that gives a property its new value.  A value that comes may need another
 * statement than one that changes: SET (fillfactor=70) alone, but RESET of the old ones before it.
 */
const char *
diff_setter(const Property *property, MigText old, MigText new)
{
	if (new.at == NULL)
		return property->unset;
	return old.at == NULL && property->add ? property->add : property->set;
}

/* In rising order of what it takes. */
typedef enum Change
{
	CHANGE_NONE,
	CHANGE_ALTER,
	CHANGE_REPLACE
} Change;

/*
 * Texts that are equal once names are new may still speak of others: of another table's column
 * with the same name, since a text is compared word by word.  So the objects that they need are
 * compared, too.  What holds rows is never replaced for that, and SQLite's key is altered in one
 * statement.
 */
static bool
needs_others(const Object *old)
{
	if (old->speaks_of.n == 0 || old->kind->flags & KIND_DATA || object_is(old, "primary key"))
		return false;
	for (size_t i = 0; i < old->needs.n; i++)
	{
		const Object *twin = old->needs.at[i]->twin;
		size_t k = 0;

		while (twin && k < old->twin->needs.n && old->twin->needs.at[k] != twin)
			k++;
		if (twin && k == old->twin->needs.n)
			return true;
	}
	return false;
}

/* Value 1 of a column is the expression. */
bool
diff_is_generated(const Object *object)
{
	return object_is(object, "column") && schema_value(object, 1).at;
}

/*
 * What becomes of a twin, judged by its own properties alone: one without a statement that changes
 * it makes the whole object go and come again.  A hard property also sets "broken", from which
 * diff_spread() finds out what must not be there meanwhile.  SQLite's tables are changed by a copy,
 * to which that matters only of a key that foreign keys refer to.
 */
static Change
compare(MigEngine engine, Object *old, Object *new)
{
	Change change = needs_others(old) ? CHANGE_REPLACE : CHANGE_NONE;

	for (size_t i = 0; change != CHANGE_REPLACE && old->kind->properties[i].name; i++)
	{
		const Property *property = &old->kind->properties[i];

		if (!object_differs(old, new, i))
			continue;
		if (!diff_setter(property, schema_value(old, i), schema_value(new, i)))
			return CHANGE_REPLACE;
		if (engine == MIG_POSTGRESQL && diff_is_generated(old) && property->hard)
			return CHANGE_REPLACE; /* it takes no USING */
		if (property->hard)
			old->broken = engine == MIG_POSTGRESQL || object_is(old, "primary key");
		change = CHANGE_ALTER;
	}
	return change;
}

/* Is the key's table WITHOUT ROWID before and after?  Then an INTEGER key is one like any other. */
static bool
stays_without_rowid(const Object *key)
{
	for (size_t i = 0; i < key->needed_by.n; i++)
		if (object_is(key->needed_by.at[i], "table option") && key->needed_by.at[i]->twin &&
			mig_same(key->needed_by.at[i]->given.name, mig_text("WITHOUT ROWID")))
			return true;
	return false;
}

/* The table's persistence is value 0, the sequence's value 2. */
static bool
is_unlike(const Object *sequence, const Object *table)
{
	return (schema_value(sequence, 2).at == NULL) != (schema_value(table, 0).at == NULL);
}

/*
 * ALTER TABLE ... SET LOGGED or UNLOGGED takes the sequences along that the table owns.  One that
 * is not as its table, before or behind that, is not owned by it meanwhile.
 */
static bool
must_not_follow(const Object *owner)
{
	const Object *sequence = owner->parent;
	const Object *column =
		object_is(owner, "sequence owner") ? rename_owner_column(sequence) : NULL;
	const Object *table = column ? column->parent : NULL;

	return table && table->twin && sequence->twin && object_differs(table, table->twin, 0) &&
		   (is_unlike(sequence, table) || is_unlike(sequence->twin, table->twin));
}

MigText
diff_without_collation(MigText type)
{
	const char *collation = type.at ? strstr(type.at, "COLLATE ") : NULL;

	return collation ? text_trim((MigText){type.at, (size_t) (collation - type.at)}) : type;
}

/*
 * The rowid keeps its type as long as it is the key: SQLite has but one for it, INTEGER.  So  id
 * INTEGER PRIMARY KEY  becomes  id TEXT PRIMARY KEY  without the key in between.
 */
static bool
is_rowid_of_other_type(const Object *key)
{
	if (!object_is(key, "primary key") || schema_value(key, 8).at == NULL ||
		stays_without_rowid(key))
		return false;
	for (size_t i = 0; i < key->needs.n; i++)
		if (key->needs.at[i]->twin &&
			!mig_same(diff_without_collation(schema_value(key->needs.at[i], 0)),
					  diff_without_collation(schema_value(key->needs.at[i]->twin, 0))))
			return true;
	return false;
}

/*
 * Are all columns others?  PostgreSQL lets a table be without any meanwhile, SQLite does not: its
 * DROP COLUMN refuses the last one, and a table of computed columns alone.  Then the table is made
 * anew.
 */
static bool
has_nothing_in_common(const Way *way, const Object *old)
{
	if (way->from->engine != MIG_SQLITE || !object_is(old, "table"))
		return false;
	for (size_t i = 0; i < old->parts.n; i++)
		if (object_is(old->parts.at[i], "column") && old->parts.at[i]->twin &&
			!diff_is_generated(old->parts.at[i]) && !diff_is_generated(old->parts.at[i]->twin))
			return false;
	return true;
}

/* By the text of the type, "text[]": arrays are no objects here. */
static bool
is_array(const Object *object)
{
	MigText type = schema_value(object, 0);

	return type.len > 0 && type.at[type.len - 1] == ']';
}

/* Do columns have it, or a domain over it, inside of an array, a range or a composite type? */
static bool
is_in_container(Mig *m, Object *domain)
{
	Objects domains = {NULL, 0, 0};

	objects_add(m, &domains, domain);
	for (size_t i = 0; i < domains.n; i++)
		for (size_t k = 0; k < domains.at[i]->needed_by.n; k++)
		{
			Object *user = domains.at[i]->needed_by.at[k];
			bool over = object_is(user, "domain");

			if (object_is(user, "attribute") || object_is(user, "range") ||
				((over || object_is(user, "column")) && is_array(user)))
				return true;
			if (over)
				objects_add(m, &domains, user);
		}
	return false;
}

/*
 * ALTER DOMAIN ... SET NOT NULL and ADD CHECK read the rows of the columns that have the domain.
 * PostgreSQL refuses that where such a column has it inside of an array, a range or a composite
 * type; then the domain is made anew instead.
 */
static bool
refuses_values(Mig *m, Object *domain)
{
	Object *twin = domain->twin;

	if (!object_is(domain, "domain") || !(is_in_container(m, domain) || is_in_container(m, twin)))
		return false;
	if (schema_value(domain, 2).at == NULL && schema_value(twin, 2).at)
		return true; /* NOT NULL */
	for (size_t i = 0; i < twin->parts.n; i++)
		if (object_is(twin->parts.at[i], "domain constraint") &&
			(twin->parts.at[i]->twin == NULL ||
			 object_differs(twin->parts.at[i]->twin, twin->parts.at[i], 0) ||
			 object_differs(twin->parts.at[i]->twin, twin->parts.at[i], 1)))
			return true;
	return false;
}

/*
 * In SQLite a key alone may be what makes a column NOT NULL.  Where the key goes and the column is
 * to stay NOT NULL, both schemas say so, and yet a SET NOT NULL is needed: value 10 tells whose it
 * was.
 */
bool
diff_loses_not_null(const Way *way, const Object *old)
{
	const Object *new = old->twin;

	return way->from->engine == MIG_SQLITE && object_is(old, "column") &&
		   new &&mig_same(schema_value(old, 10), mig_text("by the key")) &&
		   schema_value(new, 2).at &&schema_value(new, 10).at == NULL;
}

/*
 * The first look at each object of the schema that is there, by what it is itself; enumerations
 * wait for diff_decide_enums(), which asks who uses them.  What changes in a way that others feel
 * goes to the worklist, way->spread.
 */
static void
decide(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];
		Change change;

		if (old->twin == NULL)
		{
			if (!old->stays)
				objects_add(way->m, &way->spread, old);
			continue;
		}
		if (object_is(old, "enum") || old->out || old->twin->out)
			continue;
		change = compare(way->from->engine, old, old->twin);
		if (change == CHANGE_NONE && diff_loses_not_null(way, old))
			change = CHANGE_ALTER;
		if (change == CHANGE_REPLACE || old->rewritten || is_rowid_of_other_type(old) ||
			must_not_follow(old) || refuses_values(way->m, old) || has_nothing_in_common(way, old))
			diff_replace(way, old);
		else if (old->broken || (change == CHANGE_ALTER && object_is(old, "primary key")))
			objects_add(way->m, &way->spread, old);
		if (change == CHANGE_ALTER && !old->replaced)
			old->twin->alter = diff_op(way, OP_ALTER, old->twin);
	}
}

/* ---- drops and creates ---- */

bool
diff_goes(const Object *old)
{
	return old->replaced || (old->twin == NULL && !old->stays);
}

bool
diff_comes(const Object *new)
{
	return new->twin == NULL ? !new->stays : new->twin->replaced;
}

/*
 * A foreign key, policy or rule of one table that speaks of another, where both go: two tables may
 * each ask for the other, and then neither could be dropped first.  So these have a drop of their
 * own before both, and neither order of the tables needs thought.
 */
static bool
joins_what_goes(const Object *part)
{
	bool key = object_is(part, "foreign key");

	if (!key && !object_is(part, "policy") && !object_is(part, "rule"))
		return false;
	for (size_t i = 0; i < part->needs.n; i++)
	{
		const Object *need = part->needs.at[i];
		const Object *whole = need->parent ? need->parent : need;

		if ((key || whole != part->parent) && (diff_goes(need) || diff_goes(whole)))
			return true;
	}
	return false;
}

/*
 * A default that calls what needs its table: neither can be dropped while it is there.  It is told
 * by the place that schema_resolve() gave it: a part that could stand in the CREATE and does not.
 * A NOT VALID constraint stands outside for another reason.
 */
static bool
closes_circle(const Object *part)
{
	return part->kind->part && !part->inside &&
		   !(object_is(part, "constraint") && schema_value(part, 1).at); /* NOT VALID */
}

/*
 * Does the object vanish with its whole, without a statement?  A sequence that a column owns would
 * go with it, so it is let go of first.
 */
static bool
vanishes(const Object *old)
{
	return old->parent && diff_goes(old->parent) && !object_is(old, "sequence owner") &&
		   !joins_what_goes(old) && !closes_circle(old);
}

static bool
comes_inside(const Object *new)
{
	return new->inside &&diff_comes(new->parent);
}

/*
 * Only now, when nothing spreads any more.  What is replaced loses the alteration that was decided
 * for it before.  An alter of the old schema is OP_ASIDE, one of the wanted schema OP_ALTER.
 */
static void
make_ops(Way *way)
{
	for (size_t i = way->from->objects.n; i-- > 0;)
	{
		Object *old = way->from->objects.at[i];

		if (diff_goes(old) && !vanishes(old) && old->kind->drop)
			old->drop = diff_op(way, OP_DROP, old);
		if (diff_is_aside(old) || diff_waits_as_text(old))
			old->alter = diff_op(way, OP_ASIDE, old);
	}
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		Object *new = way->to->objects.at[i];

		if (new->twin &&new->twin->replaced)
			new->alter = NULL;
		if (diff_comes(new) && !comes_inside(new) && new->kind->create)
			new->create = diff_op(way, OP_CREATE, new);
	}
}

/*
 * The order matters: twins need the new names, what stays must be known before anything spreads,
 * and enumerations ask who else comes or changes.
 */
void
diff_decide(Way *way)
{
	diff_rename(way);
	diff_match(way->m, way->from, way->to);
	mark_what_stays(way->back ? way->to : way->from);
	mark_what_is_out(way->from);
	mark_what_is_out(way->to);
	decide(way);
	diff_decide_enums(way);
	diff_spread(way);
	make_ops(way);
}
