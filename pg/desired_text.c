/*
 * desired_text.c - running the text of a desired schema, which may be a dump
 *
 * It finds a database that is empty but for what is in no schema, see desired.c.
 * What it says of that, and what is not compared, is passed over; what a rollback
 * would not bring back is refused.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_publication.h"
#include "commands/defrem.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "commands/proclang.h"
#include "foreign/foreign.h"
#include "nodes/parsenodes.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* By its types: a cast has no name.  42704 where a type is not there. */
static bool
is_cast_there(const CreateCastStmt *create)
{
	return SearchSysCacheExists2(CASTSOURCETARGET,
								 ObjectIdGetDatum(typenameTypeId(NULL, create->sourcetype)),
								 ObjectIdGetDatum(typenameTypeId(NULL, create->targettype)));
}

static bool
is_extension_there(const char *name)
{
	return OidIsValid(get_extension_oid(name, true));
}

/*
 * One that is there is moved where the text has it: the server says so where that cannot be.
 * migrate itself has not come along, see desired.c.  Without SCHEMA nothing is asked for.
 */
static void
move_extension(Part *part, const CreateExtensionStmt *create)
{
	Oid schema = extensions_schema(part->call, get_extension_oid(create->extname, false));
	ListCell *cell;

	foreach (cell, create->options)
	{
		DefElem *option = lfirst(cell);

		if (OidIsValid(schema) && strcmp(option->defname, "schema") == 0 &&
			get_namespace_oid(defGetString(option), false) != schema)
			(void) execute_discarding(mig_format(
				&part->call->mig, "ALTER EXTENSION %s SET SCHEMA %s",
				quote_identifier(create->extname), quote_identifier(defGetString(option))));
	}
}

/*
 * What is the whole database's and in no schema is not out of the way: see desired.c.  So a
 * CREATE of it would fail, though it is as desired; what is different in it is not compared.
 */
static bool
is_there(const Node *tree)
{
	switch (nodeTag(tree))
	{
		case T_CreateExtensionStmt:
			return is_extension_there(((const CreateExtensionStmt *) tree)->extname);
		case T_CreateSchemaStmt:
		{
			const CreateSchemaStmt *create = (const CreateSchemaStmt *) tree;

			return create->schemaname && create->schemaElts == NIL &&
				   OidIsValid(get_namespace_oid(create->schemaname, true));
		}
		case T_CreatePublicationStmt:
			return OidIsValid(
				get_publication_oid(((const CreatePublicationStmt *) tree)->pubname, true));
		case T_CreateEventTrigStmt:
			return OidIsValid(
				get_event_trigger_oid(((const CreateEventTrigStmt *) tree)->trigname, true));
		case T_CreateFdwStmt:
			return OidIsValid(
				get_foreign_data_wrapper_oid(((const CreateFdwStmt *) tree)->fdwname, true));
		case T_CreateForeignServerStmt:
			return OidIsValid(
				get_foreign_server_oid(((const CreateForeignServerStmt *) tree)->servername, true));
		case T_CreatePLangStmt:
			return OidIsValid(get_language_oid(((const CreatePLangStmt *) tree)->plname, true));
		case T_CreateCastStmt:
			return is_cast_there((const CreateCastStmt *) tree);
		default:
			return false;
	}
}

static bool
is_transaction_frame(const TransactionStmt *stmt)
{
	return stmt->kind == TRANS_STMT_BEGIN || stmt->kind == TRANS_STMT_START ||
		   stmt->kind == TRANS_STMT_COMMIT;
}

/* Which role is the current one, and how long we may wait: the caller has decided that. */
static bool
is_setting_of_caller(const VariableSetStmt *set)
{
	return set->name &&
		   (strcmp(set->name, "role") == 0 || strcmp(set->name, "session_authorization") == 0 ||
			strstr(set->name, "_timeout") != NULL);
}

/* A dump that cleans up first says so.  We are no part of what is compared. */
static bool
drops_migrate(const DropStmt *drop)
{
	return drop->removeType == OBJECT_EXTENSION && list_length(drop->objects) == 1 &&
		   strcmp(strVal(linitial(drop->objects)), "migrate") == 0;
}

/* pg_dump writes one ALTER TABLE ... OWNER TO for each table, view and sequence. */
static bool
changes_owner_alone(const AlterTableStmt *alter)
{
	ListCell *cell;

	foreach (cell, alter->cmds)
		if (((const AlterTableCmd *) lfirst(cell))->subtype != AT_ChangeOwner)
			return false;
	return true;
}

/*
 * What a dump has and a schema that is compared has not: owners, privileges,
 * subscriptions, and what is said of extensions.  It may name roles and objects
 * that are not there.
 */
static bool
is_not_compared(const Node *tree)
{
	switch (nodeTag(tree))
	{
		case T_TransactionStmt:
			return is_transaction_frame((const TransactionStmt *) tree);
		case T_VariableSetStmt:
			return is_setting_of_caller((const VariableSetStmt *) tree);
		case T_DropStmt:
			return drops_migrate((const DropStmt *) tree);
		case T_AlterTableStmt:
			return changes_owner_alone((const AlterTableStmt *) tree);
		case T_CommentStmt:
			return ((const CommentStmt *) tree)->objtype == OBJECT_EXTENSION;
		case T_AlterOwnerStmt:
		case T_GrantStmt:
		case T_AlterDefaultPrivilegesStmt:
		case T_CreateUserMappingStmt:
		case T_CreateSubscriptionStmt:
		case T_AlterSubscriptionStmt:
		case T_SecLabelStmt:
			return true;
		default:
			return false;
	}
}

/*
 * Without TOAST tables a table is made in two thirds of the time.  Where another access method is
 * the default, that one counts.  For one statement: what else asks for the setting, or is made by
 * an extension's script, is as everywhere.
 */
static void
leave_toast_out(void)
{
	if (strcmp(default_table_access_method, DEFAULT_TABLE_ACCESS_METHOD) == 0 &&
		OidIsValid(get_table_am_oid(CATALOG_DESIRED_AM, true)))
		(void) set_config_option("default_table_access_method", CATALOG_DESIRED_AM, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

static void
run_create_table(Part *part)
{
	int nest = NewGUCNestLevel();

	leave_toast_out();
	part_run(part);
	AtEOXact_GUC(false, nest);
}

/* What is passed over is not checked: a dump may have BEGIN and COMMIT. */
static void
check_statement(Part *part)
{
	Mig *m = &part->call->mig;
	const Node *tree = part->tree;

	if (IsA(tree, TransactionStmt) || IsA(tree, PrepareStmt))
		mig_statement_check(m, part->keyword, part->what);
	if (IsA(tree, DeallocateStmt) || IsA(tree, ClosePortalStmt) || IsA(tree, DiscardStmt))
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(m, "%.*s is not allowed in a %s", MIG_ARG(part->keyword), part->what),
				   NULL, "What the session has would not come back: remove the statement.");
	if (IsA(tree, CopyStmt))
		call_raise(part->call, MIG_UNSUPPORTED,
				   mig_format(m, "COPY is not allowed in a %s", part->what), NULL,
				   "Leave the rows out: pg_dump --schema-only.");
}

static void
run_statement(Part *part)
{
	if (IsA(part->tree, CreateExtensionStmt) && is_there(part->tree))
		move_extension(part, (const CreateExtensionStmt *) part->tree);
	if (is_not_compared(part->tree) || is_there(part->tree))
		return;
	check_statement(part);
	if (!part->toast && (IsA(part->tree, CreateStmt) || IsA(part->tree, CreateTableAsStmt)))
		run_create_table(part);
	else
		part_run(part);
}

/* The text is no revision's, so the part has no revision, and "what" is in its place. */
void
desired_run_text(Call *call, MigText sql, const char *what, bool toast)
{
	Call *nested = call_nested(call);
	Part part = {.call = nested, .what = what, .toast = toast, .section = {sql, 1}};

	part_for_each(&part, run_statement);
	call_drop(nested);
}
