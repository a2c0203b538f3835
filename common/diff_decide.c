/*
 * diff_decide.c - what becomes of each object on the way from a schema to another
 *
 * Steps 1 to 3 of diff.c: what is the same, what is dropped, created, altered or
 * replaced, and what must follow because it needs what changes.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* ---- 1. match ---- */

/*
 * Which of the object and its wholes get other names, a bit each, the outermost one the highest;
 * 0: none.
 */
static int
moves_around(const Object *object)
{
	int all = 0;

	for (int bit = 1; object; object = object->parent, bit *= 2)
		all += object->moves ? bit : 0;
	return all;
}

/*
 * Who gets a name before who has it and goes.  Where a was renamed to b, and a new column is
 * called a, the way back has two with the key of a, once names are new: the one that is renamed
 * back must find the live one, so that its rows stay.
 */
static int
compare_keys(const void *a, const void *b)
{
	const Object *x = *(Object *const *) a;
	const Object *y = *(Object *const *) b;
	int order = mig_compare(x->key, y->key);

	return order ? order : moves_around(y) - moves_around(x);
}

/*
 * Also forgets what an earlier way has decided: both directions, and the search for renames before
 * them, work on the same objects.
 */
static Objects
by_key(Mig *m, const MigSchema *schema)
{
	Objects list = {mig_alloc(m, schema->objects.n, sizeof(Object *)), schema->objects.n, 0};

	for (size_t i = 0; i < list.n; i++)
	{
		list.at[i] = schema->objects.at[i];
		list.at[i]->twin = NULL;
		list.at[i]->drop = list.at[i]->create = list.at[i]->alter = NULL;
		list.at[i]->replaced = list.at[i]->swapped = false;
		list.at[i]->broken = list.at[i]->stays = false;
	}
	if (list.n > 1)
		qsort(list.at, list.n, sizeof(Object *), compare_keys);
	return list;
}

/*
 * A merge of two lists in the order of keys.  Keys hold the names that objects get, so
 * diff_rename() comes before; a key has the names of all wholes, so a part's whole has its twin
 * before it.
 */
void
diff_match(Mig *m, const MigSchema *a, const MigSchema *b)
{
	Objects x = by_key(m, a);
	Objects y = by_key(m, b);
	size_t i = 0;
	size_t k = 0;

	while (i < x.n && k < y.n)
	{
		Object *p = x.at[i];
		Object *q = y.at[k];
		int order = mig_compare(p->key, q->key);

		/* wholes come before their parts, and a part of another whole is another part */
		if (order == 0 && p->parent && p->parent->twin != q->parent)
			order = moves_around(q) ? 1 : -1;
		if (order == 0)
		{
			p->twin = q;
			q->twin = p;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

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
static bool
is_generated(const Object *object)
{
	return object_is(object, "column") && schema_value(object, 1).at;
}

/*
 * What becomes of a twin, judged by its own properties alone: one without a statement that changes
 * it makes the whole object go and come again.  A hard property also sets "broken", from which
 * spread() finds out what must not be there meanwhile.  SQLite's tables are changed by a copy, to
 * which that matters only of a key that foreign keys refer to.
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
		if (engine == MIG_POSTGRESQL && is_generated(old) && property->hard)
			return CHANGE_REPLACE; /* it takes no USING */
		if (property->hard)
			old->broken = engine == MIG_POSTGRESQL || object_is(old, "primary key");
		change = CHANGE_ALTER;
	}
	return change;
}

/*
 * A twin is dropped and created; so are its parts, which go with it.  Again does nothing, as the
 * worklist of spread() comes by more than once.
 */
static void
replace(Way *way, Object *old)
{
	if (old->replaced)
		return;
	old->replaced = true;
	objects_add(way->m, &way->spread, old);
	for (size_t i = 0; i < old->parts.n; i++)
		if (old->parts.at[i]->twin)
			replace(way, old->parts.at[i]);
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
			!is_generated(old->parts.at[i]) && !is_generated(old->parts.at[i]->twin))
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
 * wait for decide_enums(), which asks who uses them.  What changes in a way that others feel goes
 * to the worklist, way->spread.
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
			replace(way, old);
		else if (old->broken || (change == CHANGE_ALTER && object_is(old, "primary key")))
			objects_add(way->m, &way->spread, old);
		if (change == CHANGE_ALTER && !old->replaced)
			old->twin->alter = diff_op(way, OP_ALTER, old->twin);
	}
}

/* ---- enumerations ---- */

/* The lexer splits them: a literal may have commas and doubled quotes inside. */
MigList
diff_enum_values(Mig *m, const Object *type)
{
	Lexer l = lexer(schema_value(type, 0), LEX_POSTGRESQL, 1);
	MigLines values = mig_lines(m);

	for (;;)
	{
		Token token = lexer_next_word(&l);

		if (token.kind == TOKEN_END)
			return values.list;
		if (token.kind == TOKEN_STRING)
			mig_lines_add(&values, token.text);
	}
}

/* Of the wanted schema: is there a statement for it?  Asked once decide() is through. */
static bool
comes_or_changes(const Object *new)
{
	return new->twin == NULL || new->twin->replaced || new->alter;
}

/*
 * Is the text in what the object says, be it in the body of a function?  What is found and means
 * something else costs a rebuild of the type; what is missed would be an upgrade that fails.
 */
static bool
says(const Object *object, MigText text)
{
	for (size_t i = 0; i < object->given.nvalues; i++)
	{
		MigText value = object->given.values[i];

		for (size_t k = 0; k + text.len <= value.len; k++)
			if (memcmp(value.at + k, text.at, text.len) == 0)
				return true;
	}
	return false;
}

/*
 * Are values made of what rows hold already?  They may be any, the new one included, where a
 * column of text becomes one of the enumeration.
 */
static bool
reads_rows(const Object *new)
{
	if (object_is(new, "column"))
		return new->alter || is_generated(new);
	return object_is(new, "materialized view");
}

/* Do rows become values of that type, or of one that is made of it (a domain, a composite type)? */
static bool
is_read_from_rows(const Way *way, Object *type)
{
	Objects all = {NULL, 0, 0};

	objects_add(way->m, &all, type);
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.at[i]->needed_by.n; k++)
		{
			Object *user = all.at[i]->needed_by.at[k];
			Object *made = object_is(user, "attribute") ? user->parent : user;

			if (comes_or_changes(user) && reads_rows(user))
				return true;
			if (object_is_type(made) && !objects_have(&all, made))
				objects_add(way->m, &all, made);
		}
	return false;
}

/* Does anything that is made or changed use the value, as far as can be known? */
static bool
is_used_at_once(const Way *way, MigText value)
{
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		const Object *new = way->to->objects.at[i];

		if (!object_is(new, "enum") && comes_or_changes(new) && says(new, value))
			return true;
	}
	return false;
}

/*
 * Values can be added to an enumeration, but what uses one in the same transaction fails with
 * "unsafe use of new value" (PostgreSQL's manual, ALTER TYPE): where it may be so, each statement
 * is one of its own, if that is wanted (online).  All old values must be there still, in their
 * order; at_once notes that only the use is in the way, for a hint.
 */
static bool
can_add_values(Way *way, Object *old)
{
	MigList a = diff_enum_values(way->m, old);
	MigList b = diff_enum_values(way->m, old->twin);
	bool at_once = false;
	size_t k = 0;

	if (is_read_from_rows(way, old->twin))
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (k < a.n && mig_same(a.at[k], b.at[i]))
			k++;
		else
			at_once |= is_used_at_once(way, b.at[i]);
	old->at_once = k == a.n && at_once;
	if (k < a.n || (at_once && !way->online))
		return false;
	way->outside |= at_once;
	return true;
}

/* Once it is known what becomes of all else, since a value may be used by anything that comes. */
static void
decide_enums(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];

		if (old->twin == NULL || !object_is(old, "enum") || !object_differs(old, old->twin, 0) ||
			old->out || old->twin->out)
			continue;
		if (can_add_values(way, old))
			old->twin->alter = diff_op(way, OP_ALTER, old->twin);
		else
			replace(way, old);
	}
}

/* ---- 3. spread ---- */

/*
 * The common case of a type that is replaced: columns move from the old one to the new one, so
 * both must be there for a while, and the old one gets out of the way of the name.
 */
bool
diff_is_aside(const Object *object)
{
	return object->replaced && (object->kind->flags & KIND_TYPE) && !diff_is_swapped(object);
}

/* The old one must go before the new one comes; those who have it are text meanwhile. */
bool
diff_is_swapped(const Object *object)
{
	return object->swapped || (object->replaced && object_is(object, "range"));
}

/*
 * An attribute gets another type: of the type itself or of one that it is made of.  PostgreSQL
 * refuses that while any column has the type.
 */
static bool
is_broken_type(const Object *object)
{
	return object->broken && (object_is(object, "type") || object_is(object, "domain"));
}

/*
 * Asked of the old column or attribute.  One whose type is computed or replaced anyway needs no
 * waiting: it is not there.
 */
bool
diff_waits_as_text(const Object *object)
{
	bool column = object_is(object, "column");

	if (!object->broken || object->twin == NULL || object->replaced ||
		!(column || object_is(object, "attribute")))
		return false;
	for (size_t i = 0; i < object->needs.n; i++)
		if (diff_is_swapped(object->needs.at[i]) || (column && is_broken_type(object->needs.at[i])))
			return true;
	return false;
}

/* A column or attribute of a type that is replaced gets the new type. */
static void
retype(Way *way, Object *column)
{
	if (column->broken)
		return;
	column->broken = true;
	objects_add(way->m, &way->spread, column);
	if (column->twin->alter == NULL)
		column->twin->alter = diff_op(way, OP_ALTER, column->twin);
}

/*
 * The domain, or the composite type with the attribute, where it is dropped with what it needs.
 * NULL: there is none, or it can stay.
 */
static Object *
container_that_goes(Object *object, const Object *need)
{
	Object *type = object_is(object, "attribute") ? object->parent : object;

	if (!object_is(type, "domain") && !object_is(type, "type"))
		return NULL;
	return diff_goes(type) || (object_is(type, "domain") && diff_is_swapped(need)) ? type : NULL;
}

/*
 * What is made of a type that is not there for a while cannot wait to be dropped either;
 * its columns may have been looked at before.
 */
static void
swap(Way *way, Object *type)
{
	if (type == NULL || type->swapped || type->out || type->stays)
		return;
	type->swapped = true;
	objects_add(way->m, &way->spread, type);
	if (type->twin)
		replace(way, type);
}

/*
 * It is text meanwhile, and no index of texts fits other types.  So all that needs the column goes
 * and comes again, whatever its kind.
 */
static void
retype_by_text(Way *way, Object *column)
{
	retype(way, column);
	for (size_t i = 0; i < column->needed_by.n; i++)
		if (column->needed_by.at[i]->twin)
			replace(way, column->needed_by.at[i]);
}

/*
 * Takes it onto the worklist: the columns of a type with a changed attribute must be told, and
 * those of the types that are made of it.
 */
static void
break_type(Way *way, Object *type)
{
	if (type->broken || type->twin == NULL || type->replaced)
		return;
	type->broken = true;
	objects_add(way->m, &way->spread, type);
}

/* Does what has a twin need, as it is wanted, the twin of what it needs now? */
static bool
still_needs(const Object *object, const Object *need)
{
	const Object *twin = need->twin;

	for (size_t i = 0; twin && i < object->twin->needs.n; i++)
		if (object->twin->needs.at[i] == twin)
			return true;
	return false;
}

/*
 * Columns get their types one after the other.  What joins several of them fits
 * none of the states between (a foreign key from text to uuid), or is given
 * casts there that stay in its text (an expression).  A key or an index of
 * columns alone, which has one list of them, does not mind.
 */
static bool
joins_types(const Object *object)
{
	Lexer l = lexer(schema_value(object, 0), LEX_POSTGRESQL, 1);
	size_t broken = 0;
	size_t lists = 0;

	for (size_t i = 0; i < object->needs.n; i++)
		broken += object->needs.at[i]->broken && object_is(object->needs.at[i], "column");
	if (broken < 2)
		return false;
	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
		lists += token.text.at[0] == '(' ? 1 : token_is(&token, "WHERE") ? 2 : 0;
	return lists > 1;
}

/* A computed column does not: it is made anew, never converted. */
static bool
holds_values(const Object *object)
{
	return object_is(object, "attribute") || (object_is(object, "column") && !is_generated(object));
}

/*
 * PostgreSQL makes a key anew together with the foreign keys of the column that gets another type.
 * It does not see those that use the key but not that column, which the key only has INCLUDEd:
 * then the statement fails, so they go before it.
 */
static void
spread_to_foreign_keys(Way *way, Object *key, Object *column)
{
	for (size_t i = 0; object_is(column, "column") && i < key->needed_by.n; i++)
	{
		Object *user = key->needed_by.at[i];

		if (object_is(user, "foreign key") && user->twin && !objects_have(&user->needs, column))
			replace(way, user);
	}
}

/*
 * What needs one that is altered under its feet: is it in the way (KIND_BREAKS, such as a view of
 * the column), or does it change along?
 */
static void
spread_alteration(Way *way, Object *object, Object *changed)
{
	spread_to_foreign_keys(way, object, changed);
	if (object->kind->flags & KIND_BREAKS || object_is(changed, "primary key") ||
		is_generated(object) || joins_types(object))
		replace(way, object);
	else if (is_broken_type(changed) && object_is(object, "column"))
		retype_by_text(way, object);
	else if (is_broken_type(changed) && object_is(object, "attribute"))
		break_type(way, object->parent);
	else if (is_broken_type(changed) && object_is(object, "domain"))
		break_type(way, object);
}

/* What a constraint needs is in its definition, and no alteration changes that. */
static bool
is_defined_for_good(const Object *object)
{
	const Property *first = &object->kind->properties[0];

	return first->name && strcmp(first->name, "definition") == 0 && first->set == NULL;
}

/*
 * What becomes of an object that needs one that changes.  The one that changes is altered, put
 * aside, swapped, replaced or dropped, in the order of the questions here; what has no twin goes
 * itself, and what was replaced has been dealt with.
 */
static void
spread_to(Way *way, Object *object, Object *changed)
{
	if (diff_is_swapped(changed) || is_broken_type(changed))
		swap(way, container_that_goes(object, changed));
	if (object->twin == NULL || object->replaced || object->out ||
		(object->kind->flags & (KIND_STAYS | KIND_BEHIND)))
		return;
	if (changed->twin && !changed->replaced)
		spread_alteration(way, object, changed);
	else if (holds_values(object) && diff_is_aside(changed))
		retype(way, object);
	else if (holds_values(object) && diff_is_swapped(changed))
		retype_by_text(way, object);
	else if (object->twin->alter && !(object->kind->flags & KIND_BREAKS) &&
			 !is_defined_for_good(object) && !still_needs(object, changed))
		return; /* it lets go; a view or function might need by then what comes later */
	else
		replace(way, object);
}

/*
 * SQLite's constraints without a name, which are known by one that is made up: where several would
 * have the same, it has a number that says the how-manieth it is.  So they come and go together.
 */
bool
diff_is_namesake(const Object *a, const Object *b)
{
	MigText name = schema_value(a, 7);

	return a != b && object_is(a, "constraint") && a->kind == b->kind && name.at &&
		   mig_same(name, schema_value(b, 7));
}

/*
 * new: the object is of the wanted schema, and so are its siblings; what is replaced are their
 * twins.
 */
static void
spread_to_namesakes(Way *way, const Object *object, bool new)
{
	for (size_t i = 0; object->parent && i < object->parent->parts.n; i++)
	{
		Object *other = object->parent->parts.at[i];

		if (diff_is_namesake(object, other) && other->twin)
			replace(way, new ? other->twin : other);
	}
}

/*
 * A worklist that grows while it is read: what is replaced here changes for others in turn.  It
 * ends, as nothing is put on it twice for the same reason: what is replaced, broken or swapped
 * stays so.
 */
static void
spread(Way *way)
{
	for (size_t i = 0; i < way->to->objects.n; i++)
		if (diff_comes(way->to->objects.at[i]))
			spread_to_namesakes(way, way->to->objects.at[i], true);
	for (size_t i = 0; i < way->spread.n; i++)
	{
		Object *changed = way->spread.at[i];

		spread_to_namesakes(way, changed, false);
		if (changed->twin)
			spread_to_namesakes(way, changed->twin, true);
		for (size_t k = 0; k < changed->needed_by.n; k++)
			spread_to(way, changed->needed_by.at[k], changed);
		for (size_t k = 0; k < changed->parts.n; k++)
			if (changed->parts.at[k]->kind->flags & KIND_BREAKS)
				spread_to(way, changed->parts.at[k], changed);
		if (object_is(changed, "attribute") && changed->broken)
			break_type(way, changed->parent);
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
	decide_enums(way);
	spread(way);
	make_ops(way);
}
