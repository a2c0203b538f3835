/*
 * onefile.c - the module as one translation unit, for linking it into a program
 * together with SQLite
 *
 *     cc -c -DSQLITE_CORE -Iinclude -I<where sqlite3ext.h is> sqlite/onefile.c
 *
 * and, before the first connection is opened:
 *
 *     extern int sqlite3_migrate_init(sqlite3 *, char **, const sqlite3_api_routines *);
 *     sqlite3_auto_extension((void (*)(void)) sqlite3_migrate_init);
 *
 * Without SQLITE_CORE it makes the loadable module.  All but what begins with
 * mig_ or sqlite3_ is local to this file; a file's own helpers that have the
 * name of another's are told apart.
 */
#include "migrate.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3ext.h>

/* a function that was declared static is static where it is defined, too */
#ifdef SQLITE_CORE
#define extern static
#endif
#include "../common/common.h"
#include "../common/graph.h"
#include "../common/schema.h"
#include "../common/diff.h"
#include "sqlite.h"
#include "run.h"
#include "rebuild.h"
#undef extern

/* (0) memory, text, errors, checksum */
#include "../common/arena.c"
#include "../common/buf.c"
#include "../common/error.c"
#include "../common/sha256.c"

/* (1) SQL tokens */
#include "../common/lexer.c"

/* (2) scripts */
#include "../common/statement.c"
#include "../common/script.h"
#include "../common/script.c"
#include "../common/script_files.c"

/* (2) tables and ALTER TABLE */
#include "../common/table.h"
#include "../common/portable.h"
#include "../common/alter.h"
#include "../common/tokens.c"
#include "../common/table.c"
#include "../common/table_edit.c"
#include "../common/portable.c"
#include "../common/alter.c"
#include "../common/shape.h"
#include "../common/shape.c"
#include "../common/shape_add_drop.c"
#include "../common/shape_check.c"
#include "../common/shape_column.c"
#include "../common/shape_constraint.c"
#include "../common/shape_copy.c"

/* (2) schemas */
#include "../common/kinds.c"
#define finish schema_finish
#include "../common/schema.c"
#undef finish
#include "../common/stored.c"
#define Reader RenameReader
#define same_name rename_same_name
#define is_name rename_is_name
#define resolve rename_resolve
#include "../common/rename.c"
#undef Reader
#undef same_name
#undef is_name
#undef resolve

/* (3) the graph, (4) what stands on it */
#include "../common/graph.c"
#include "../common/target.c"
#include "../common/order.c"
#include "../common/plan.c"
#include "../common/draw.c"
#define check_applied core_check_applied
#include "../common/backfill.c"
#include "../common/resume.c"
#include "../common/store.c"
#undef check_applied
#define suspend_keys offline_suspend_keys
#include "../common/offline.c"
#undef suspend_keys
#define replace diff_replace
#include "../common/diff.c"
#include "../common/diff_decide.c"
#include "../common/diff_order.c"
#include "../common/diff_text.c"
#include "../common/drift.c"
#undef replace

/* the adapter */
#include "backfill.c"
#include "call.c"
#include "catalog.c"
#include "desired.c"
#include "drift.c"
#define refuse entry_refuse
#include "entry.c"
#undef refuse
#include "files.c"
#include "keys.c"
#define same_name rebuild_same_name
#define record rebuild_record
#include "lookup.c"
#include "probe.c"
#include "rebuild.c"
#include "settings.c"
#include "truncate.c"
#undef same_name
#undef record
#include "outside.c"
#include "rows.c"
#include "run.c"
#include "offline.c"
#include "store.c"
#include "transaction.c"
