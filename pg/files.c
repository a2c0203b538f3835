/*
 * files.c - the server's files: what migrate_load() reads and migrate_export()
 * writes
 *
 * Scripts are UTF-8 in files and in the database's encoding in tables.  entry.c
 * has checked that the caller may do this, before a path is looked at.  Open
 * files and directories are the server's to close when an error passes.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/memutils.h"

#include "migrate.h"
#include "pg.h"

/* With the SQLSTATE of errno: 58P01, 42501, 53100 and others. */
static _Noreturn void
fail_file(const char *verb, const char *path)
{
	ereport(ERROR, (errcode_for_file_access(), errmsg("could not %s \"%s\": %m", verb, path)));
	pg_unreachable();
}

/* COPY to a file is as strict, for the same reason. */
static void
check_absolute(Call *call, const char *path)
{
	if (!is_absolute_path(path))
		call_raise(call, MIG_INVALID_VALUE,
				   mig_format(&call->mig, "path \"%s\" is not absolute", path),
				   "It would be inside of the server's data directory.",
				   "Give a path that begins with a slash.");
}

/* ---- reading ---- */

/* Room for a byte more: a file that grows meanwhile is cut, and the text has no need of a NUL. */
static MigText
read_open(Call *call, FILE *file, const char *path)
{
	struct stat st;
	char *at;
	size_t len;

	if (fstat(fileno(file), &st) != 0)
		fail_file("read file", path);
	at = mig_alloc(&call->mig, (size_t) st.st_size + 1, 1);
	len = fread(at, 1, (size_t) st.st_size, file);
	if (ferror(file))
		fail_file("read file", path);
	return (MigText){at, len};
}

/* The bytes of a file; *text is left alone where there is none. */
static bool
read_bytes(Call *call, const char *path, MigText *text)
{
	FILE *file = AllocateFile(path, PG_BINARY_R);

	if (file == NULL && errno == ENOENT)
		return false;
	if (file == NULL)
		fail_file("open file", path);
	*text = read_open(call, file, path);
	FreeFile(file);
	return true;
}

/* The server's errors on a text say nothing of files. */
static void
add_path(void *path)
{
	errcontext("file \"%s\"", (const char *) path);
}

/*
 * Checks that it is text in UTF-8, and converts it.  The server's own limit: a conversion may
 * need four times the room.  The path is told of an error by a context of our own, since the
 * conversion's message names none; nothing in between can leave it behind, as PG_TRY of whoever
 * catches puts the callbacks back.
 */
static MigText
to_server(Call *call, const char *path, MigText text)
{
	ErrorContextCallback place = {error_context_stack, add_path, unconstify(char *, path)};
	char *converted;

	if (text.len > MaxAllocSize / 4)
		call_raise(call, MIG_TOO_LARGE, mig_format(&call->mig, "file \"%s\" is too large", path),
				   NULL, NULL);
	if (memchr(text.at, '\0', text.len))
		mig_refuse_binary(&call->mig, path);
	error_context_stack = &place;
	converted = pg_any_to_server(text.at, (int) text.len, PG_UTF8);
	error_context_stack = place.previous;
	return converted == text.at ? text : mig_text(converted);
}

static MigFile
read_file(Call *call, const char *path, const char *name)
{
	MigFile file = {mig_copy(&call->mig, mig_text(name)), {NULL, 0}};

	if (!read_bytes(call, path, &file.text))
		fail_file("open file", path);
	file.text = to_server(call, path, file.text);
	return file;
}

/* Hidden files are an editor's, not the user's. */
static bool
is_script_name(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && name[0] != '.' && strcmp(name + len - 4, ".sql") == 0;
}

/* In the directory's order, which is none: mig_script_load() sorts. */
static MigList
script_names(Call *call, const char *path)
{
	MigLines names = mig_lines(&call->mig);
	DIR *dir = AllocateDir(path);
	struct dirent *entry;

	while ((entry = ReadDir(dir, path)) != NULL)
		if (is_script_name(entry->d_name))
			mig_lines_add(&names, mig_copy(&call->mig, mig_text(entry->d_name)));
	FreeDir(dir);
	return names.list;
}

/*
 * 22023 where there is nothing to load: the wrong directory is more likely than an empty history.
 */
static MigRevisions
load_directory(Call *call, const char *path)
{
	Mig *m = &call->mig;
	MigList names = script_names(call, path);
	MigFile *files = mig_alloc(m, names.n, sizeof(MigFile));

	if (names.n == 0)
		call_raise(call, MIG_INVALID_VALUE,
				   mig_format(m, "directory \"%s\" has no file named *.sql", path), NULL,
				   "Give the directory that has the scripts.");
	for (size_t i = 0; i < names.n; i++)
		files[i] = read_file(call, mig_format(m, "%s/%s", path, names.at[i].at), names.at[i].at);
	return mig_script_load(m, files, names.n);
}

/* A file by its bare name, which gives it its identifier where it has no header. */
MigRevisions
files_load(Call *call, MigText path)
{
	const char *name = mig_copy(&call->mig, path).at;
	struct stat st;
	MigFile file;

	check_absolute(call, name);
	if (stat(name, &st) != 0)
		fail_file("open file or directory", name);
	if (S_ISDIR(st.st_mode))
		return load_directory(call, name);
	file = read_file(call, name, last_dir_separator(name) ? last_dir_separator(name) + 1 : name);
	return mig_script_load(&call->mig, &file, 1);
}

/* ---- writing ---- */

/* A file that is there already was perhaps edited: its changes are not overwritten. */
static void
check_same(Call *call, const char *path, MigText text)
{
	MigText present;

	if (read_bytes(call, path, &present) && !mig_same(present, text))
		mig_refuse_overwriting(&call->mig, path);
}

/* FreeFile() is looked at, too: a full disk may be told only when the file is closed. */
static void
write_file(const char *path, MigText text)
{
	FILE *file = AllocateFile(path, PG_BINARY_W);

	if (file == NULL)
		fail_file("create file", path);
	if (fwrite(text.at, 1, text.len, file) != text.len || fflush(file) != 0)
		fail_file("write file", path);
	if (FreeFile(file) != 0)
		fail_file("write file", path);
}

/* Files are UTF-8 whatever the database's encoding is. */
static MigText
from_server(MigText text)
{
	char *converted = pg_server_to_any(text.at, (int) text.len, PG_UTF8);

	return converted == text.at ? text : mig_text(converted);
}

/*
 * One at a time, in memory of its own.  All are checked before the first is
 * written, and once more then: two scripts may have one name.
 */
static void
for_each_script(Call *call, const char *path, const MigTable *scripts, bool write)
{
	for (size_t i = 0; i < scripts->nrow; i++)
	{
		const MigText *row = &scripts->cells[i * scripts->ncol];
		Call *part = call_nested(call);
		MemoryContext old = MemoryContextSwitchTo(part->memory);
		const char *file = mig_format(&part->mig, "%s/%.*s", path, MIG_ARG(row[0]));

		check_same(part, file, from_server(row[1]));
		if (write)
			write_file(file, from_server(row[1]));
		MemoryContextSwitchTo(old);
		call_drop(part);
	}
}

MigList
files_export(Call *call, MigText path, const MigTable *scripts)
{
	const char *directory = mig_copy(&call->mig, path).at;
	MigLines names = mig_lines(&call->mig);

	check_absolute(call, directory);
	if (MakePGDirectory(directory) != 0 && errno != EEXIST)
		fail_file("create directory", directory);
	for_each_script(call, directory, scripts, false);
	for_each_script(call, directory, scripts, true);
	for (size_t i = 0; i < scripts->nrow; i++)
		mig_lines_add(&names, scripts->cells[i * scripts->ncol]);
	return names.list;
}
