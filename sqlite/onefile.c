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
 * mig_ or sqlite3_ is local to this file, so no two of the files may have a
 * helper of the same name.
 */
#include "migrate.h"
#include "migrate_alter.h"
#include "migrate_schema.h"

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
#include "../common/diff.h"
#include "../common/graph.h"
#include "../common/schema.h"
#include "../common/script.h"
#include "../common/shape.h"
#include "../common/table.h"
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
#include "../common/script.c"
#include "../common/script_files.c"

/* (2) tables and ALTER TABLE */
#include "../common/tokens.c"
#include "../common/table.c"
#include "../common/table_edit.c"
#include "../common/portable.c"
#include "../common/alter.c"
#include "../common/shape.c"
#include "../common/shape_add_drop.c"
#include "../common/shape_check.c"
#include "../common/shape_column.c"
#include "../common/shape_constraint.c"
#include "../common/shape_copy.c"

/* (2) schemas */
#include "../common/kinds.c"
#include "../common/printed.c"
#include "../common/schema.c"
#include "../common/schema_text.c"
#include "../common/stored.c"
#include "../common/stored_table.c"
#include "../common/stored_text.c"
#include "../common/rename.c"

/* (3) the graph, (4) what stands on it */
#include "../common/graph.c"
#include "../common/graph_sets.c"
#include "../common/target_symbol.c"
#include "../common/target.c"
#include "../common/order.c"
#include "../common/plan.c"
#include "../common/refuse.c"
#include "../common/draw.c"
#include "../common/backfill.c"
#include "../common/resume.c"
#include "../common/store.c"
#include "../common/offline.c"
#include "../common/offline_frame.c"
#include "../common/offline_write.c"
#include "../common/diff.c"
#include "../common/diff_match.c"
#include "../common/diff_decide.c"
#include "../common/diff_enum.c"
#include "../common/diff_spread.c"
#include "../common/diff_rename.c"
#include "../common/diff_order.c"
#include "../common/diff_online.c"
#include "../common/diff_text.c"
#include "../common/drift.c"
#include "../common/desired.c"
#include "../common/compared.c"

/* the adapter */
#include "backfill.c"
#include "call.c"
#include "catalog.c"
#include "compare.c"
#include "desired.c"
#include "drift.c"
#include "entry.c"
#include "files.c"
#include "keys.c"
#include "lookup.c"
#include "offline.c"
#include "outside.c"
#include "probe.c"
#include "rebuild.c"
#include "rows.c"
#include "run.c"
#include "settings.c"
#include "store.c"
#include "transaction.c"
#include "truncate.c"
