/*
 * diff_enum.c - can an enumeration get its new values, or is it another type?
 */
#include "diff.h"

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
		if (text_has(object->given.values[i], text))
			return true;
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
		return new->alter || diff_is_generated(new);
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
void
diff_decide_enums(Way *way)
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
			diff_replace(way, old);
	}
}
