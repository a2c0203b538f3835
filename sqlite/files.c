/*
 * files.c - the files of whoever runs SQLite: what migrate_load() reads and
 * migrate_export() writes
 *
 * Scripts are UTF-8 in files.  Who may call these functions may run any SQL,
 * and the process's rights to files are the system's affair.
 */
#include "sqlite.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* 58030 (io_error), with errno's text; errno must still be that of the call that failed. */
static _Noreturn void
fail_file(Call *call, const char *verb, const char *path)
{
	call_raise(call, "58030",
			   mig_format(&call->mig, "could not %s \"%s\": %s", verb, path, strerror(errno)), NULL,
			   NULL);
}

/* ---- open files belong to the call ---- */

/* The pointer is taken out first: fclose() frees it also where it fails. */
static int
close_file(Call *call)
{
	FILE *file = call_outer(call)->file;

	call_outer(call)->file = NULL;
	return fclose(file);
}

/* ---- reading ---- */

static MigText
read_open(Call *call, const char *path)
{
	FILE *file = call_outer(call)->file;
	MigBuf buf = mig_buf(&call->mig);
	char chunk[8192];
	size_t len;

	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		mig_buf_add(&buf, (MigText){chunk, len});
	if (ferror(file))
		fail_file(call, "read file", path);
	return mig_buf_text(&buf);
}

/* The bytes of a file; *text is left alone where there is none. */
static bool
read_bytes(Call *call, const char *path, MigText *text)
{
	call_outer(call)->file = fopen(path, "rb");
	if (call_outer(call)->file == NULL && errno == ENOENT)
		return false;
	if (call_outer(call)->file == NULL)
		fail_file(call, "open file", path);
	*text = read_open(call, path);
	close_file(call);
	return true;
}

/* Checked here, where the file's name is known: what is added is kept as it came. */
static MigFile
read_file(Call *call, const char *path, const char *name)
{
	MigFile file = {mig_copy(&call->mig, mig_text(name)), {NULL, 0}};

	if (!read_bytes(call, path, &file.text))
		fail_file(call, "open file", path);
	if (memchr(file.text.at, '\0', file.text.len))
		mig_refuse_binary(&call->mig, path);
	mig_check_utf8(&call->mig, file.text, path);
	return file;
}

/* Hidden files are an editor's, not the user's. */
static bool
is_script_name(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && name[0] != '.' && strcmp(name + len - 4, ".sql") == 0;
}

/* The directory is the call's, so that an error in between closes it. */
static MigList
script_names(Call *call, const char *path)
{
	MigLines names = mig_lines(&call->mig);
	struct dirent *entry;

	call->directory = opendir(path);
	if (call->directory == NULL)
		fail_file(call, "open directory", path);
	while ((entry = readdir(call->directory)) != NULL)
		if (is_script_name(entry->d_name))
			mig_lines_add(&names, mig_copy(&call->mig, mig_text(entry->d_name)));
	closedir(call->directory);
	call->directory = NULL;
	return names.list;
}

/* In no order: mig_script_load() sorts. */
static MigRevisions
load_directory(Call *call, const char *path)
{
	Mig *m = &call->mig;
	MigList names = script_names(call, path);
	MigFile *files = mig_alloc(m, names.n, sizeof(MigFile));

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

	if (stat(name, &st) != 0)
		fail_file(call, "open file or directory", name);
	if (S_ISDIR(st.st_mode))
		return load_directory(call, name);
	file = read_file(call, name, strrchr(name, '/') ? strrchr(name, '/') + 1 : name);
	return mig_script_load(&call->mig, &file, 1);
}

/* ---- writing ---- */

/* Is the file there with this text?  With another it is somebody else's. */
static bool
is_written(Call *call, const char *path, MigText text)
{
	MigText present;

	if (!read_bytes(call, path, &present))
		return false;
	if (!mig_same(present, text))
		mig_refuse_overwriting(&call->mig, path);
	return true;
}

/* close_file() is looked at, too: a full disk may be told only then. */
static void
write_file(Call *call, const char *path, MigText text)
{
	call_outer(call)->file = fopen(path, "wb");
	if (call_outer(call)->file == NULL)
		fail_file(call, "create file", path);
	if (text.len > 0 && fwrite(text.at, 1, text.len, call_outer(call)->file) != text.len)
		fail_file(call, "write file", path);
	if (close_file(call) != 0)
		fail_file(call, "write file", path);
}

/* One at a time, in memory of its own.  All are checked before the first is written. */
static void
for_each_script(Call *call, const char *path, const MigTable *scripts, bool write)
{
	for (size_t i = 0; i < scripts->nrow; i++)
	{
		const MigText *row = &scripts->cells[i * scripts->ncol];
		Call *part = call_nested(call);
		const char *file = mig_format(&part->mig, "%s/%.*s", path, MIG_ARG(row[0]));

		if (!is_written(part, file, row[1]) && write)
			write_file(part, file, row[1]);
		call_drop(part);
	}
}

MigList
files_export(Call *call, MigText path, const MigTable *scripts)
{
	const char *directory = mig_copy(&call->mig, path).at;
	MigLines names = mig_lines(&call->mig);

	if (mkdir(directory, 0777) != 0 && errno != EEXIST)
		fail_file(call, "create directory", directory);
	for_each_script(call, directory, scripts, false);
	for_each_script(call, directory, scripts, true);
	for (size_t i = 0; i < scripts->nrow; i++)
		mig_lines_add(&names, scripts->cells[i * scripts->ncol]);
	return names.list;
}
