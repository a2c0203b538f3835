/*
 * script_files.c - scripts and the names of files
 *
 * A file without a migrate:revision line is somebody else's: of dbmate, of
 * golang-migrate, or numbered by hand.  It gets a header that says what its name
 * and its place among the others say.
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>

/* Does a line of text start with the directive name? */
static bool
has_directive(MigText text, const char *name)
{
	const char *end = text.at + text.len;
	const char *at = text.at;
	size_t len = strlen(name);

	while (at && at < end)
	{
		if (end - at >= BOM_LEN && memcmp(at, BOM, BOM_LEN) == 0)
			at += BOM_LEN;
		if (script_has_prefix(at, end) && (size_t) (end - at) >= PREFIX_LEN + len &&
			memcmp(at + PREFIX_LEN, name, len) == 0)
			return true;
		at = memchr(at, '\n', (size_t) (end - at));
		at = at ? at + 1 : NULL;
	}
	return false;
}

/*
 * The value of the digits at text's start; they are cut off it.  A timestamp of 14 digits fits;
 * what is longer than any number is as large as it gets.
 */
static uint64_t
leading_number(MigText *text)
{
	uint64_t value = 0;

	while (text->len > 0 && is_digit(text->at[0]))
	{
		if (value < UINT64_MAX / 20)
			value = value * 10 + (uint64_t) (text->at[0] - '0');
		text->at++;
		text->len--;
	}
	return value;
}

/* Name order: "2_b" comes before "10_a", as in the head of whoever numbered them. */
static int
compare_names(const void *a, const void *b)
{
	MigText x = ((const MigFile *) a)->name;
	MigText y = ((const MigFile *) b)->name;
	uint64_t number_x = leading_number(&x);
	uint64_t number_y = leading_number(&y);

	if (number_x != number_y)
		return number_x < number_y ? -1 : 1;
	return mig_compare(((const MigFile *) a)->name, ((const MigFile *) b)->name);
}

static bool
ends_with(MigText text, const char *end)
{
	size_t len = strlen(end);

	return text.len >= len && memcmp(text.at + text.len - len, end, len) == 0;
}

/*
 * "0001_add_user.up.sql" -> "0001" and "add_user".  A letter may stand before the number:
 * V1__name.
 */
static MigText
split_name(Mig *m, MigText name, MigText *slug)
{
	static const char *const endings[] = {".sql", ".up"};
	MigText version = {name.at, 0};
	MigText stem = name;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(stem, endings[i]))
			stem.len -= strlen(endings[i]);
	while (version.len < stem.len && stem.at[version.len] != '_' && stem.at[version.len] != '-')
		version.len++;
	if (version.len == 0 ||
		!(is_digit(version.at[0]) || (version.len > 1 && is_digit(version.at[1]))))
		mig_raise(m, &(MigError){MIG_SYNTAX_ERROR,
								 mig_format(m, "file \"%.*s\" is not a migration", MIG_ARG(name)),
								 NULL,
								 "Begin it with a line \"-- migrate:revision <identifier>\", or "
								 "its name with a version, like 0001_name.sql.",
								 NULL});
	*slug = (MigText){stem.at + version.len, stem.len - version.len};
	while (slug->len > 0 && (slug->at[0] == '_' || slug->at[0] == '-'))
		*slug = (MigText){slug->at + 1, slug->len - 1};
	return version;
}

static MigText
without_bom(MigText text)
{
	if (text.len >= BOM_LEN && memcmp(text.at, BOM, BOM_LEN) == 0)
		return (MigText){text.at + BOM_LEN, text.len - BOM_LEN};
	return text;
}

/*
 * A script for a plain file: its bytes under a header that says what its name and place say.
 * dbmate's file has sections of its own.  above: the lines of that header, which errors do not
 * count.
 */
static MigText
plain_script(Mig *m, const MigFile *file, const MigFile *down, MigText parent, int *above)
{
	MigBuf buf = mig_buf(m);
	MigText slug;
	MigText version = split_name(m, file->name, &slug);
	MigText message = mig_copy(m, slug);

	for (size_t i = 0; i < message.len; i++)
		if (message.at[i] == '_')
			((char *) message.at)[i] = ' ';
	mig_buf_format(&buf, PREFIX "revision %.*s\n", MIG_ARG(version));
	if (parent.len > 0)
		mig_buf_format(&buf, PREFIX "revises %.*s\n", MIG_ARG(parent));
	if (message.len > 0)
		mig_buf_format(&buf, PREFIX "message %.*s\n", MIG_ARG(message));
	mig_buf_str(&buf, "\n");
	if (!has_directive(file->text, "up"))
		mig_buf_str(&buf, PREFIX "upgrade\n");
	*above = mig_count_lines(mig_buf_text(&buf));
	mig_buf_add(&buf, without_bom(file->text));
	if (down)
	{
		mig_buf_str(&buf, "\n" PREFIX "downgrade\n");
		mig_buf_add(&buf, without_bom(down->text));
	}
	return mig_buf_text(&buf);
}

/* golang-migrate's other half of "x.up.sql", or NULL. */
static const MigFile *
find_down(Mig *m, const MigFile *files, size_t n, const MigFile *up)
{
	const char *name;

	if (!ends_with(up->name, ".up.sql"))
		return NULL;
	name = mig_format(m, "%.*s.down.sql", (int) (up->name.len - strlen(".up.sql")), up->name.at);
	for (size_t i = 0; i < n; i++)
		if (mig_same(files[i].name, mig_text(name)))
			return &files[i];
	return NULL;
}

/*
 * Plain files are a chain, in the order of names; scripts among them are not part of it, as they
 * say themselves what they revise.
 */
typedef struct Loaded
{
	Script *first;
	Script **last;
	MigText parent; /* of the next plain file */
} Loaded;

/* plain marks it for the store, which sees to it that the chain of files is not cut. */
static void
load_plain(Mig *m, Loaded *loaded, const MigFile *file, const MigFile *down)
{
	Source source = {file->name, 0};
	MigText text = plain_script(m, file, down, loaded->parent, &source.above);
	Script *script = script_parse(m, text, source);

	script->revision.plain = true;
	loaded->parent = script->revision.id;
	*loaded->last = script;
	loaded->last = &script->next;
}

/*
 * Sorted by name, as each plain file stands on the one before it.  Its ".down.sql" is found by
 * name and is no file of its own.
 */
MigRevisions
mig_script_load(Mig *m, MigFile *files, size_t n)
{
	Loaded loaded = {NULL, NULL, {NULL, 0}};

	loaded.last = &loaded.first;
	if (n > 0)
		qsort(files, n, sizeof(MigFile), compare_names);
	for (size_t i = 0; i < n; i++)
	{
		if (has_directive(files[i].text, "revision"))
		{
			*loaded.last = script_parse(m, files[i].text, (Source){files[i].name, 0});
			while (*loaded.last)
				loaded.last = &(*loaded.last)->next;
		}
		else if (!ends_with(files[i].name, ".down.sql"))
			load_plain(m, &loaded, &files[i], find_down(m, files, n, &files[i]));
	}
	return script_array(m, loaded.first);
}

#define MAX_SLUG 40

/* Where a slug of len bytes that must not grow is cut: behind a whole word, else a whole letter. */
static size_t
cut_slug(const char *slug, size_t len)
{
	for (size_t i = len; i > 0; i--)
		if (slug[i - 1] == '_')
			return i - 1;
	while (len > 0 && ((unsigned char) slug[len - 1] & 0xC0) == 0x80)
		len--;
	return len > 0 ? len - 1 : 0;
}

/*
 * Appends message as Alembic's slug: words joined by "_", lower case, at most 40 bytes, cut behind
 * a whole word as there.
 */
static void
add_slug(MigBuf *buf, MigText message)
{
	char slug[MAX_SLUG + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < message.len && len <= MAX_SLUG; i++)
	{
		char c = message.at[i];

		if (is_letter(c) || is_digit(c) || (unsigned char) c >= 128)
			slug[len++] = to_lower(c);
		else if (len > 0 && slug[len - 1] != '_')
			slug[len++] = '_';
	}
	if (len > MAX_SLUG)
		len = cut_slug(slug, len);
	while (len > 0 && slug[len - 1] == '_')
		len--;
	if (len > 0)
		mig_buf_str(buf, "_");
	mig_buf_add(buf, (MigText){slug, len});
}

/*
 * <revision>_<slug>.sql, Alembic's default; an identifier has no character that a file name cannot
 * have.
 */
MigText
mig_script_filename(Mig *m, const MigRevision *revision)
{
	MigBuf buf = mig_buf(m);

	mig_buf_add(&buf, revision->id);
	add_slug(&buf, revision->message);
	mig_buf_str(&buf, ".sql");
	return mig_buf_text(&buf);
}
