/*
 * diff_spread.c - what must go and come, or change, because it needs what does
 */
#include "diff.h"

#include <string.h>

/*
 * A twin is dropped and created; so are its parts, which go with it.  Again does nothing, as the
 * worklist of diff_spread() comes by more than once.
 */
void
diff_replace(Way *way, Object *old)
{
	if (old->replaced)
		return;
	old->replaced = true;
	objects_add(way->m, &way->spread, old);
	for (size_t i = 0; i < old->parts.n; i++)
		if (old->parts.at[i]->twin)
			diff_replace(way, old->parts.at[i]);
}

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
		diff_replace(way, type);
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
			diff_replace(way, column->needed_by.at[i]);
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
	return object_is(object, "attribute") ||
		   (object_is(object, "column") && !diff_is_generated(object));
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
			diff_replace(way, user);
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
		diff_is_generated(object) || joins_types(object))
		diff_replace(way, object);
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
		diff_replace(way, object);
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
			diff_replace(way, new ? other->twin : other);
	}
}

/*
 * A worklist that grows while it is read: what is replaced here changes for others in turn.  It
 * ends, as nothing is put on it twice for the same reason: what is replaced, broken or swapped
 * stays so.
 */
void
diff_spread(Way *way)
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
