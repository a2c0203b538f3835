/*
 * diff_rename.c - new names, before anything but drops is done
 *
 * What can be dropped at once goes under its old name; then what is renamed gets
 * its new name, and all that follows speaks of new names alone.  Two things come of it.  The texts
 * of whatever names it must be compared as they will be: diff_rename().  And a new name may not be
 * free yet: it is another's that is renamed, too, or of one that goes later.  So each rename waits
 * until its name is free; who goes is put aside under a name of its own, and where names go round
 * in a circle, one takes a detour: diff_put_renames().
 */
#include "diff.h"

#include <string.h>

/* ---- what is told, as this way goes ---- */

/*
 * A rename is noted as it is told, live -> desired; on the way back the desired schema is the one
 * that is there.
 */
static Object *
before_rename(const Way *way, const Rename *rename)
{
	return way->back ? rename->to : rename->from;
}

static Object *
after_rename(const Way *way, const Rename *rename)
{
	return way->back ? rename->from : rename->to;
}

/* ---- texts with new names ---- */

/*
 * Does the token name a column, though it is a renamed table's name?  In an expression over its
 * own columns (a default, a CHECK, a computed column) a table's name stands before a dot alone.
 * The byte behind the token can be read: values are cut from what ends with a NUL.
 */
static bool
is_column_there(const Object *object, const Object *renamed, Token token)
{
	const Object *whole = object->parent;
	MigText definition = schema_value(object, 0);

	if (whole != renamed && (whole == NULL || whole->parent != renamed))
		return false;
	return object_is(renamed, "table") && token.text.at[token.text.len] != '.' &&
		   (object_is(object, "default") || object_is(object, "column") ||
			(object_is(object, "constraint") && definition.len > 5 &&
			 memcmp(definition.at, "CHECK", 5) == 0));
}

/*
 * A text of the object with all new names at once, so that two may exchange theirs.  Names are
 * told by their spelling alone, quotes included, as the catalogs print them; a word that only
 * looks like one makes the text another one, which costs a statement that was not needed.
 */
static MigText
with_names(Mig *m, const Object *object, MigText text)
{
	const Objects *renamed = &object->speaks_of;
	Lexer l = lexer(text, LEX_BOTH, 1);
	MigBuf buf = mig_buf(m);

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		MigText name = token.text;

		for (size_t i = 0; (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED) &&
						   name.at == token.text.at && i < renamed->n;
			 i++)
			if (mig_same(token.text, renamed->at[i]->given.name) &&
				!is_column_there(object, renamed->at[i], token))
				name = renamed->at[i]->gets->name;
		mig_buf_add(&buf, name);
	}
	return mig_buf_text(&buf);
}

/*
 * A query keeps the name that a table or column had when it was written, as an alias:  SELECT a
 * FROM t is  SELECT b AS a  once a is renamed.  So its text is not the one that would be desired.
 */
static bool
keeps_old_names(const Object *object, const Object *renamed)
{
	static const char *const of[] = {"table", "column", "view", "materialized view"};

	for (int i = 0; i < 4; i++)
		if (object_is(renamed, of[i]))
			return object->kind->flags & KIND_QUERY;
	return false;
}

/*
 * The object speaks of what is renamed: remembered for its texts, and for whether they become
 * stale.
 */
static void
note(Way *way, Object *object, Object *renamed)
{
	if (!objects_have(&object->speaks_of, renamed))
		objects_add(way->m, &object->speaks_of, renamed);
	object->stale |= keeps_old_names(object, renamed);
}

/* The object, its parts, theirs, and all that needs one of them: whose texts may have its name. */
static void
note_around(Way *way, Object *renamed)
{
	Objects all = {NULL, 0, 0};

	objects_add(way->m, &all, renamed);
	for (size_t i = 0; i < all.n; i++)
	{
		note(way, all.at[i], renamed);
		for (size_t k = 0; k < all.at[i]->parts.n; k++)
			objects_add(way->m, &all, all.at[i]->parts.at[k]);
		for (size_t k = 0; k < all.at[i]->needed_by.n; k++)
		{
			note(way, all.at[i]->needed_by.at[k], renamed);
			if (object_is(renamed, "schema")) /* whatever is in it has its name */
				objects_add(way->m, &all, all.at[i]->needed_by.at[k]);
		}
	}
}

/*
 * Is a value the text of a query, or the names of its columns?  By the property's name in kinds.c.
 */
static bool
is_query(const Object *object, size_t i)
{
	const char *name = i < MAX_PROPERTIES ? object->kind->properties[i].name : NULL;

	return name && (strcmp(name, "definition") == 0 || strcmp(name, "columns") == 0);
}

/*
 * What an object says, and is called, once all that it speaks of has another name.  The texts of a
 * query that is stale become empty, which no desired text is, so that it is written anew.
 */
static void
speak_anew(Mig *m, Object *object)
{
	size_t n = object->given.nvalues;
	MigText full = with_names(m, object, object->given.full);

	object->values = mig_alloc(m, n, sizeof(MigText));
	for (size_t i = 0; i < n; i++)
		if (object->given.values[i].at && object->stale && is_query(object, i))
			object->values[i] = mig_text("");
		else if (object->given.values[i].at)
			object->values[i] = with_names(m, object, object->given.values[i]);
	if (object->gets || object->kind->part || mig_same(full, object->given.full))
		return;
	object->gets = mig_alloc(m, 1, sizeof(MigItem));
	*object->gets = object->given;
	object->gets->full = full;
}

/* Before each way: what the other one has set, and the keys with the names that are given. */
static void
forget_names(MigSchema *schema)
{
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		Object *object = schema->objects.at[i];

		object->gets = object->now = NULL;
		object->values = NULL;
		object->stale = object->moves = object->replaced = false;
		object->speaks_of.n = 0;
		object->key = schema_key(schema->m, object);
	}
}

/* Of the old schema alone: the wanted one has the new names as its own. */
void
diff_use_names(const Way *way, bool new)
{
	for (size_t i = 0; way->renames->n > 0 && i < way->from->objects.n; i++)
	{
		Object *object = way->from->objects.at[i];

		/* what is replaced comes under its new name: nothing is renamed */
		object->now = new && !(object->moves && object->replaced) ? object->gets : NULL;
	}
}

/*
 * Three rounds, as each needs the one before: who gets which name, who speaks of whom, and then
 * the texts.  Keys come last, with the new names of wholes in them.
 */
void
diff_rename(Way *way)
{
	if (way->renames->n == 0)
		return;
	forget_names(way->from);
	forget_names(way->to);
	for (const Rename *r = way->renames->first; r; r = r->next)
		if (r->from)
		{
			before_rename(way, r)->moves = true;
			before_rename(way, r)->gets = &after_rename(way, r)->given;
		}
	for (const Rename *r = way->renames->first; r; r = r->next)
		if (r->from)
			note_around(way, before_rename(way, r));
	for (size_t i = 0; i < way->from->objects.n; i++)
		if (way->from->objects.at[i]->speaks_of.n > 0)
			speak_anew(way->m, way->from->objects.at[i]);
	diff_use_names(way, true);
	for (size_t i = 0; i < way->from->objects.n; i++)
		way->from->objects.at[i]->key = schema_key(way->m, way->from->objects.at[i]);
}

/* ---- whose a name is ---- */

/* The full name without the last part, which is the name. */
static MigText
space_of(const MigItem *item)
{
	return (MigText){item->full.at, item->full.len - item->name.len};
}

/*
 * A name, and the object that has it; a constraint with an index has two, one among the
 * constraints of its table and one among the relations of its schema.
 */
typedef struct Holding
{
	MigText name;
	Object *holder;
} Holding;

/*
 * Who holds which name as the renames go on: a list, as few are renamed and each asks a few times.
 */
typedef struct Names
{
	Mig *m;
	const MigSchema *schema;
	Holding *at;
	size_t n;
} Names;

/*
 * PRIMARY KEY, UNIQUE and EXCLUDE; a CHECK and a FOREIGN KEY have none.  By the first letter of
 * the definition.
 */
static bool
has_index(const Object *object)
{
	MigText definition = schema_value(object, 0);

	return object_is(object, "constraint") && definition.len > 0 &&
		   strchr("PUE", definition.at[0]) != NULL;
}

/*
 * Two names clash where these texts are equal.  What has its own name in a schema (a table, an
 * index) is told by that; a column or constraint by its table; what cannot be renamed but has a
 * full name (a function) by that, as it is in the way of others nevertheless.
 */
MigText
diff_held_name(Mig *m, const Object *object, const MigText *called, bool second)
{
	const MigItem *item = object->now ? object->now : &object->given;
	const Object *whole = object->parent;
	const MigItem *around = whole ? (whole->now ? whole->now : &whole->given) : NULL;
	MigText name = called ? *called : item->name;
	MigText space;

	if ((second && !has_index(object)) || name.len == 0 || (whole && object->kind->rename == NULL))
		return (MigText){NULL, 0};
	if (object->kind->rename == NULL)
		return item->full;
	if (second)
		space = space_of(around);
	else if (!object_is_named_alone(object))
		return mig_text(mig_format(m, "%s %.*s %.*s",
								   object_is(object, "column") ? "column" : "constraint",
								   MIG_ARG(around->full), MIG_ARG(name)));
	else
		space = space_of(item);
	return mig_text(mig_format(m, "%.*s%.*s", MIG_ARG(space), MIG_ARG(name)));
}

/*
 * Who holds which name before the first rename; put_rename() keeps it up to date.  Only what can
 * be renamed can make way for another.
 */
static Names
all_names(Way *way)
{
	const Objects *objects = &way->from->objects;
	Names names = {way->m, way->from, mig_alloc(way->m, objects->n * 2, sizeof(Holding)), 0};

	for (size_t i = 0; i < objects->n; i++)
		for (int second = 0; second < 2; second++)
		{
			Object *object = objects->at[i];
			MigText name = diff_held_name(way->m, object, &object->given.name, second > 0);

			if (name.at && object->kind->rename)
				names.at[names.n++] = (Holding){name, object};
		}
	return names;
}

/*
 * Has it got its name still?  What goes may have been dropped so far, by itself or with its whole.
 * Who stays under its name has it in the wanted schema, too, where names are unique: it is in
 * nobody's way.  But what is renamed has its old name until then, and so has SQLite's key, whose
 * name may change with its definition.
 */
static bool
is_there(const Object *object)
{
	if (!diff_goes(object))
		return object->moves || (object_is(object, "primary key") &&
								 !mig_same(object->given.name, object->twin->given.name));
	while (object->drop == NULL && object->parent && diff_goes(object->parent))
		object = object->parent;
	return object->drop == NULL || object->drop->mark != DROPS_ALONE;
}

/* Who else has one of the names that an object is to get; NULL: both are free. */
static Object *
who_has(const Names *names, const Object *object, MigText name)
{
	for (int second = 0; second < 2; second++)
	{
		MigText wanted = diff_held_name(names->m, object, &name, second > 0);

		for (size_t i = 0; wanted.at && i < names->n; i++)
			if (names->at[i].holder != object &&
				schema_same_name(names->schema, names->at[i].name, wanted) &&
				is_there(names->at[i].holder))
				return names->at[i].holder;
	}
	return NULL;
}

/* ---- the statements ---- */

/*
 * Cut before the suffix, so that the suffix is there in any case: not in the middle of a character
 * of UTF-8, nor between two quotes that stand for one.
 */
MigText
diff_name_beside(Mig *m, MigText name, const char *suffix)
{
	size_t room = NAME_BYTES - strlen(suffix);
	bool quoted = name.at[0] == '"' || name.at[0] == '`' || name.at[0] == '[';
	size_t len = name.len - (quoted ? 2 : 0);
	MigText inner = {name.at + quoted, len < room ? len : room};

	while (inner.len < len && ((unsigned char) inner.at[inner.len] & 0xC0) == 0x80)
		inner.len--;
	while (inner.len < len && inner.len > 0 && inner.at[inner.len - 1] == '"')
		inner.len--;
	return mig_text(mig_format(m, "\"%.*s%s\"", MIG_ARG(inner), suffix));
}

/* An object's names, with another last part; a part has its whole's full name and keeps it. */
static MigItem *
item_named(Mig *m, const Object *object, MigText name)
{
	MigItem *named = mig_alloc(m, 1, sizeof(MigItem));

	*named = object->now ? *object->now : object->given;
	if (object_is_named_alone(object))
	{
		MigText space = space_of(named);

		named->full = mig_text(mig_format(m, "%.*s%.*s", MIG_ARG(space), MIG_ARG(name)));
	}
	named->name = name;
	return named;
}

/*
 * The template asks the object for its new names and the object's twin for the old ones, so both
 * are stood in for by copies.  Written at once, since only here it is known which names are in
 * force; and it goes to the list directly, as its place there is what was looked for.
 */
static void
put_rename(Way *way, Names *names, Object *object, MigText old, MigText new)
{
	Object before = *object;
	Object after = *object;
	Op *op = diff_op(way, OP_RENAME, object->twin ? object->twin : object);
	int second = 0;

	before.given = *item_named(way->m, object, old);
	before.now = NULL;
	after.now = item_named(way->m, object, new);
	after.twin = &before;
	op->text = schema_expand(way->m, &after, object->kind->rename, (MigText){NULL, 0});
	diff_ops_add(way->m, &way->done, op);
	for (size_t i = 0; i < names->n; i++)
		if (names->at[i].holder == object)
			names->at[i].name = diff_held_name(way->m, object, &new, second++ > 0);
}

/* A rename that is not told as one step: it may take a detour by another name. */
typedef struct Move
{
	Object *object;
	MigText name; /* that it has until then */
	bool done;
} Move;

/* All renames of the way; left says when to stop, and whether a pass has moved any. */
typedef struct Moves
{
	Move *at;
	size_t n;
	size_t left; /* not done */
} Moves;

/*
 * Wholes before their parts, schemas before what is in them: a statement for the latter says the
 * new names of the former.  What is replaced comes under its new name and moves nowhere.
 */
static Moves
all_moves(Way *way)
{
	const Objects *objects = &way->from->objects;
	Moves moves = {mig_alloc(way->m, objects->n, sizeof(Move)), 0, 0};

	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < objects->n; i++)
		{
			Object *old = objects->at[i];
			int when = object_is(old, "schema") ? 0 : old->parent == NULL ? 1 : 2;

			if (old->moves && old->twin && when == round && !diff_goes(old))
				moves.at[moves.n++] = (Move){old, old->given.name, false};
		}
	moves.left = moves.n;
	return moves;
}

static Move *
find_move(const Moves *moves, const Object *object)
{
	for (size_t i = 0; i < moves->n; i++)
		if (moves->at[i].object == object && !moves->at[i].done)
			return &moves->at[i];
	return NULL;
}

/*
 * Is what it stands in still without its new name?  Then it waits, whether its own is free or not.
 */
static bool
is_inside_of_move(const Moves *moves, const Object *object)
{
	if (object->parent && find_move(moves, object->parent))
		return true;
	for (size_t i = 0; i < object->needs.n; i++)
		if (object_is(object->needs.at[i], "schema") && find_move(moves, object->needs.at[i]))
			return true;
	return false;
}

static void
move(Way *way, Names *names, Move *it, MigText name)
{
	put_rename(way, names, it->object, it->name, name);
	it->name = name;
}

/*
 * Who has the name that is wanted, and will not give it up, is put aside.  One that is renamed
 * itself is part of a circle: it gets its new name later.  Any other goes, but not yet: it is
 * dropped under the name that it gets here.
 */
static void
make_way(Way *way, Names *names, const Moves *moves, Move *waiting)
{
	Object *holder = who_has(names, waiting->object, waiting->object->now->name);
	Move *circle = find_move(moves, holder);
	MigText old = circle ? circle->name : holder->given.name;
	MigText aside = diff_name_beside(way->m, old, ASIDE);

	if (circle)
		move(way, names, circle, aside);
	else
	{
		holder->moves = false; /* what comes in its place has the new name */
		holder->gets = holder->now = item_named(way->m, holder, aside);
		put_rename(way, names, holder, old, aside);
	}
}

/*
 * One pass.  Those whose names are free get them, which may free other names; returns the first
 * that waits for its name, or NULL.
 */
static Move *
move_the_free(Way *way, Names *names, Moves *moves)
{
	Move *waiting = NULL;

	for (size_t i = 0; i < moves->n; i++)
	{
		Move *it = &moves->at[i];

		if (it->done || is_inside_of_move(moves, it->object))
			continue;
		if (who_has(names, it->object, it->object->now->name))
			waiting = waiting ? waiting : it;
		else
		{
			move(way, names, it, it->object->now->name);
			it->done = true;
			moves->left--;
		}
	}
	return waiting;
}

/*
 * Each pass does those whose names are free; where there was none, somebody makes way.  That ends:
 * who has made way has a name that is made up.
 */
void
diff_put_renames(Way *way)
{
	Moves moves;
	Names names;

	diff_use_names(way, true);
	moves = all_moves(way);
	if (moves.n == 0)
		return;
	names = all_names(way);
	while (moves.left > 0)
	{
		size_t before = moves.left;
		Move *waiting = move_the_free(way, &names, &moves);

		if (moves.left == before && waiting)
			make_way(way, &names, &moves, waiting);
	}
}
