/*
 * alter.h - the actions of ALTER TABLE
 */
#ifndef ALTER_H
#define ALTER_H

#include "migrate_alter.h"
#include "portable.h"

typedef enum ActionKind
{
	ACTION_ADD_COLUMN,
	ACTION_DROP_COLUMN,
	ACTION_SET_NOT_NULL,
	ACTION_DROP_NOT_NULL,
	ACTION_SET_DEFAULT,
	ACTION_DROP_DEFAULT,
	ACTION_SET_TYPE,
	ACTION_ADD_IDENTITY,
	ACTION_SET_EXPRESSION,
	ACTION_DROP_EXPRESSION,
	ACTION_ADD_CONSTRAINT,
	ACTION_DROP_CONSTRAINT,
	ACTION_VALIDATE_CONSTRAINT,
	ACTION_RENAME_CONSTRAINT,
	ACTION_RENAME_COLUMN,
	ACTION_RENAME_TABLE,
	ACTION_SET_OPTION,
	ACTION_RESET_OPTION,
	ACTION_COMMENT
} ActionKind;

/* One of those between the commas of ALTER TABLE; which fields are used depends on the kind. */
typedef struct Action
{
	ActionKind kind;
	MigText name;  /* of the column or the constraint; of COMMENT ON TABLE null */
	MigText to;    /* the new name */
	MigText text;  /* definition, type, expression, conflict clause or comment, as it is written */
	MigText using; /* of SET TYPE; null if not given */
	MigText collation; /* null if not given */
	bool if_exists;    /* IF NOT EXISTS, where it adds something */
	bool cascade;      /* what needs it is dropped, too, as far as the table itself has it */
	bool not_valid;    /* rows that are there are not looked at */
} Action;

/* A definition of a column or of constraints, as the only one of a table of this name. */
extern Table *read_definition(Mig *m, MigText table, const char *before, MigText definition);

#endif
