/*
 * script.c - revision scripts: text to revisions and back
 *
 * A bundle is read in one pass over its tokens, so that a directive is only
 * what stands as a comment of its own in column one.  Whatever looks like a
 * directive and is none (behind other text, inside a quote) is an error:
 * skipping it would swallow a revision or cut one in two.
 *
 * Three states: before the first "revision", where nothing but comments may stand; in a header,
 * where directives stand and no statement; in a section, up to the next section or revision:
 *
 *   -- migrate:revision 375b918c8740        begins a script, and ends the one before
 *   -- migrate:revises 1975ea83b712         header
 *   -- migrate:upgrade                      begins a section
 *   CREATE TABLE t (a int);                 the section's bytes, and its tokens in the checksum
 *   -- migrate:downgrade                    ends that section, begins another
 *
 * Nothing is copied: revisions and sections point into the bundle.  What fails
 * notes its error and returns, since migrate_verify() must be able to read on
 * behind a script that cannot be read.
 */
#include "script.h"

#include <string.h>

#define MAX_NAME 64

static const char *const engine_names[ENGINES] = {"postgresql", "sqlite", ""};
static const Dialect engine_dialects[ENGINES] = {LEX_POSTGRESQL, LEX_SQLITE, LEX_BOTH};

/*
 * One pass; what is read last is in token, and the script and the section that it belongs to are
 * open until the next directive ends them.
 */
typedef struct Parser
{
	Mig *m;
	Source source;
	MigText bundle;
	Lexer lexer;
	Token token;
	Script *first;
	Script **last;
	Script *script;   /* the one being read, NULL before the first */
	Section *section; /* the one being read, NULL in a header */
	bool upgrade;     /* is it one of upgrade? */
	Sha256 sum;
	MigError *error; /* the first one: the pass stops there, see parse() */
} Parser;

/* ---- errors ---- */

/*
 * Lines count from the script's first, as migrate_script() shows it, and not from the bundle's; of
 * a plain file without the header that was put above it.
 */
static const char *
place(Parser *p, int line)
{
	MigBuf buf = mig_buf(p->m);

	if (p->script)
		line -= p->script->line - 1;
	if (p->source.file.at)
		mig_buf_format(&buf, "file \"%.*s\", ", MIG_ARG(p->source.file));
	if (p->script)
		mig_buf_format(&buf, "revision %.*s, ", MIG_ARG(p->script->revision.id));
	mig_buf_format(&buf, "line %d", line > p->source.above ? line - p->source.above : line);
	return mig_buf_text(&buf).at;
}

/* The first error is kept: what follows it often follows from it. */
static void
fail_as(Parser *p, MigError error, int line)
{
	if (p->error)
		return;
	error.context = place(p, line);
	p->error = mig_alloc(p->m, 1, sizeof(MigError));
	*p->error = error;
}

static void
fail_at(Parser *p, int line, const char *message, const char *hint)
{
	fail_as(p, (MigError){MIG_SYNTAX_ERROR, message, NULL, hint, NULL}, line);
}

static void
fail(Parser *p, const char *message, const char *hint)
{
	fail_at(p, p->token.line, message, hint);
}

/* ---- names ---- */

/* A label may have "-", but not before a digit: "label-1" is one below label. */
static bool
is_legal_name(MigText text, bool label)
{
	static const char *const reserved[] = {"head", "heads", "base", "current"};

	if (text.len < 1 || text.len > MAX_NAME)
		return false;
	for (size_t i = 0; i < text.len; i++)
	{
		char c = text.at[i];
		bool dash = label && c == '-' && !(i + 1 < text.len && is_digit(text.at[i + 1]));

		if (!is_letter(c) && !is_digit(c) && c != '_' && c != '.' && !dash)
			return false;
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (mig_same(text, mig_text(reserved[i])))
			return false;
	return true;
}

static MigError
bad_revision_id(Mig *m, MigText id)
{
	return (MigError){
		MIG_INVALID_VALUE,
		mig_format(m, "\"%.*s\" is not allowed as a revision identifier", MIG_ARG(id)),
		"An identifier is 1 to 64 of the characters A-Z a-z 0-9 _ . and none of head, heads, base "
		"and current.",
		"Choose another identifier.", NULL};
}

static MigError
bad_label(Mig *m, MigText label)
{
	return (MigError){MIG_INVALID_VALUE,
					  mig_format(m, "\"%.*s\" is not allowed as a branch label", MIG_ARG(label)),
					  "A label is 1 to 64 of the characters A-Z a-z 0-9 _ . and -, with no digit "
					  "after a -, and none of head, heads, base and current.",
					  "Choose another label.", NULL};
}

/* For identifiers that do not come in a script: migrate_revision()'s argument. */
void
script_check_revision_id(Mig *m, MigText id)
{
	MigError error = bad_revision_id(m, id);

	if (!is_legal_name(id, false))
		mig_raise(m, &error);
}

/* ---- directives ---- */

/*
 * The first script begins with the bundle, so that what stands above its first line (a comment, a
 * licence) comes back with it; each further one begins at its line.
 */
static void
read_revision(Parser *p, MigText value)
{
	Script *script = mig_alloc(p->m, 1, sizeof(Script));
	const char *start = p->token.text.at;
	bool first = p->script == NULL;

	if (start - p->bundle.at >= BOM_LEN && memcmp(start - BOM_LEN, BOM, BOM_LEN) == 0)
		start -= BOM_LEN;
	script->line = first ? 1 : p->token.line;
	script->revision.id = value;
	script->revision.file = p->source.file;
	script->revision.transactional = true;
	script->revision.script.at = first ? p->bundle.at : start;
	p->script = script;
	if (!is_legal_name(value, false))
		fail_as(p, bad_revision_id(p->m, value), p->token.line);
	*p->last = script;
	p->last = &script->next;
}

/* The names in a directive's value, each checked. */
static MigList
read_names(Parser *p, MigText value, bool labels)
{
	MigList names = mig_split(p->m, value);

	for (size_t i = 0; i < names.n; i++)
	{
		if (!is_legal_name(names.at[i], labels))
			fail_as(p, labels ? bad_label(p->m, names.at[i]) : bad_revision_id(p->m, names.at[i]),
					p->token.line);
		for (size_t k = 0; k < i; k++)
			if (mig_same(names.at[i], names.at[k]))
				fail(p, mig_format(p->m, "\"%.*s\" is named twice", MIG_ARG(names.at[i])),
					 "Remove one of them.");
	}
	return names;
}

static void
read_revises(Parser *p, MigText value)
{
	p->script->revision.revises = read_names(p, value, false);
}

/* A label will do, so it may have what a label may. */
static void
read_depends(Parser *p, MigText value)
{
	p->script->revision.depends = read_names(p, value, true);
}

static void
read_labels(Parser *p, MigText value)
{
	p->script->revision.labels = read_names(p, value, true);
}

static void
read_message(Parser *p, MigText value)
{
	p->script->revision.message = value;
}

/* Does text look like pattern, where 9 stands for any digit?  Takes it off the front. */
static bool
take(MigText *text, const char *pattern)
{
	size_t len = strlen(pattern);

	if (text->len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == '9' ? !is_digit(text->at[i]) : text->at[i] != pattern[i])
			return false;
	text->at += len;
	text->len -= len;
	return true;
}

static int
two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* As PostgreSQL takes it: the 30th of February would fail later, when the row is written. */
static bool
is_date(const char *at)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = two_digits(at) * 100 + two_digits(at + 2);
	int month = two_digits(at + 5);
	int day = two_digits(at + 8);
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
		   !(month == 2 && day == 29 && !leap);
}

static bool
is_time(const char *at)
{
	return two_digits(at) < 24 && two_digits(at + 3) < 60 && two_digits(at + 6) < 60;
}

/* "2026-11-20T19:24:00Z", with or without a fraction, in UTC. */
static bool
is_timestamp(MigText text)
{
	const char *at = text.at;

	if (!take(&text, "9999-99-99T99:99:99"))
		return false;
	if (take(&text, "."))
		while (take(&text, "9"))
			continue;
	return take(&text, "Z") && text.len == 0 && is_date(at) && is_time(at + 11);
}

static void
read_created(Parser *p, MigText value)
{
	if (!is_timestamp(value))
		fail(p, mig_format(p->m, "\"%.*s\" is not a time", MIG_ARG(value)),
			 "Write it in UTC, like 2026-11-20T19:24:00Z.");
	p->script->revision.created = value;
}

static void
read_transaction(Parser *p, MigText value)
{
	bool on = mig_same(value, mig_text("on"));

	if (!on && !mig_same(value, mig_text("off")))
		fail(
			p, mig_format(p->m, "\"%.*s\" is neither on nor off", MIG_ARG(value)),
			"Write \"-- migrate:transaction off\" where the revision cannot run in a transaction.");
	p->script->revision.transactional = on;
}

/* Ends the section that is being read at the byte end. */
static void
end_section(Parser *p, const char *end)
{
	if (p->section)
		p->section->sql.len = (size_t) (end - p->section->sql.at);
	p->section = NULL;
}

/*
 * The engine that a section's directive names; dbmate's option (migrate:up transaction:false) is
 * for the whole revision.
 */
static int
section_engine(Parser *p, MigText value)
{
	if (mig_same(value, mig_text("transaction:false")))
	{
		p->script->revision.transactional = false;
		return PLAIN;
	}
	if (mig_same(value, mig_text("transaction:true")))
		return PLAIN;
	for (int i = 0; i < ENGINES; i++)
		if (mig_same(value, mig_text(engine_names[i])))
			return i;
	fail(p, mig_format(p->m, "unknown engine \"%.*s\"", MIG_ARG(value)),
		 "A section is for postgresql, for sqlite, or, with no engine named, for both.");
	return PLAIN;
}

/*
 * The section's own dialect is the lexer's from here on.  Into the checksum go the sections' names
 * with their tokens, so that moving a statement from one to the other is a change, and a NUL,
 * which no script has, tells them from tokens.
 */
static void
begin_section(Parser *p, MigDirection direction, MigText value)
{
	int engine = section_engine(p, value);
	Section *section = &p->script->sections[direction][engine];
	const char *name = mig_direction_name(direction);

	if (section->present)
		fail(p,
			 mig_format(p->m, "second %s section%s%s", name, engine == PLAIN ? "" : " for ",
						engine_names[engine]),
			 "A revision has one section of a kind; put the statements together.");
	section->present = true;
	section->line = p->token.line + 1;
	section->sql.at = p->lexer.rest.at;
	if (p->lexer.rest.len > 0) /* the line feed behind the directive */
		section->sql.at++;
	p->section = section;
	p->lexer.dialect = engine_dialects[engine];
	p->upgrade = direction == MIG_UPGRADE;
	if (p->upgrade)
	{
		sha256_add(&p->sum, (MigText){"\0upgrade ", 9});
		sha256_add(&p->sum, mig_text(engine_names[engine]));
		sha256_add(&p->sum, (MigText){"", 1});
	}
}

static void
read_upgrade(Parser *p, MigText value)
{
	begin_section(p, MIG_UPGRADE, value);
}

static void
read_downgrade(Parser *p, MigText value)
{
	begin_section(p, MIG_DOWNGRADE, value);
}

/* Where a directive may stand: it decides what ends with it. */
typedef enum DirectiveKind
{
	STARTS_SCRIPT,
	IN_HEADER,
	STARTS_SECTION
} DirectiveKind;

static const struct Directive
{
	const char *name;
	DirectiveKind kind;
	void (*read)(Parser *p, MigText value);
} directives[] = {
	{"revision", STARTS_SCRIPT, read_revision},    {"revises", IN_HEADER, read_revises},
	{"message", IN_HEADER, read_message},          {"labels", IN_HEADER, read_labels},
	{"depends", IN_HEADER, read_depends},          {"created", IN_HEADER, read_created},
	{"transaction", IN_HEADER, read_transaction},  {"upgrade", STARTS_SECTION, read_upgrade},
	{"downgrade", STARTS_SECTION, read_downgrade}, {"up", STARTS_SECTION, read_upgrade},
	{"down", STARTS_SECTION, read_downgrade},
};

/*
 * The script is complete: its bytes end here, its sum is known.  Without an upgrade section it is
 * most likely cut off; an empty one says that nothing is meant.
 */
static void
end_script(Parser *p, const char *end)
{
	Script *script = p->script;
	bool has_upgrade = false;

	if (script == NULL)
		return;
	end_section(p, end);
	for (int i = 0; i < ENGINES; i++)
		has_upgrade |= script->sections[MIG_UPGRADE][i].present;
	if (!has_upgrade)
		fail_at(p, script->line, "revision has no upgrade section",
				"Add a line \"-- migrate:upgrade\"; the section may be empty.");
	script->revision.script.len = (size_t) (end - script->revision.script.at);
	script->revision.checksum = sha256_hex(p->m, &p->sum);
}

/* A header's directive stands above the sections, and once. */
static void
check_header(Parser *p, const struct Directive *directive)
{
	unsigned bit = 1u << (directive - directives);

	if (p->section)
		fail(p, mig_format(p->m, "directive \"%s\" behind a section", directive->name),
			 "Move it up, below \"-- migrate:revision\".");
	if (p->script->seen & bit)
		fail(p, mig_format(p->m, "second directive \"%s\"", directive->name),
			 "Remove one; several values are separated by commas.");
	p->script->seen |= bit;
}

/*
 * None but these: the prefix is reserved, so that a misspelled one is an error and not a comment.
 */
static const struct Directive *
find_directive(Parser *p, MigText name)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (mig_same(name, mig_text(directives[i].name)))
			return &directives[i];
	fail(p, mig_format(p->m, "unknown directive \"%.*s\"", MIG_ARG(name)),
		 "Known are revision, revises, message, labels, depends, created, transaction, upgrade "
		 "and downgrade.");
	return NULL;
}

/* Cuts "name value" of a directive's line in two, without the blanks around them. */
static MigText
split_directive(MigText line, MigText *value)
{
	MigText name = {line.at, 0};

	while (line.len > 0 && is_blank(line.at[line.len - 1]))
		line.len--;
	while (name.len < line.len && !is_blank(line.at[name.len]))
		name.len++;
	*value = (MigText){line.at + name.len, line.len - name.len};
	while (value->len > 0 && is_blank(value->at[0]))
	{
		value->at++;
		value->len--;
	}
	return name;
}

/*
 * A section's or script's end is where the directive begins, a byte order mark before it not
 * counted: under "cat" each file may bring one.
 */
static void
read_directive(Parser *p)
{
	MigText line = {p->token.text.at + PREFIX_LEN, p->token.text.len - PREFIX_LEN};
	MigText value;
	MigText name = split_directive(line, &value);
	const char *start = p->token.text.at;
	const struct Directive *directive = find_directive(p, name);

	if (start - p->bundle.at >= BOM_LEN && memcmp(start - BOM_LEN, BOM, BOM_LEN) == 0)
		start -= BOM_LEN;
	if (directive == NULL)
		return;
	if (directive->kind != STARTS_SCRIPT && p->script == NULL)
	{
		fail(p, mig_format(p->m, "directive \"%s\" before the first revision", directive->name),
			 "Start the script with \"-- migrate:revision <identifier>\".");
		return;
	}
	if (directive->kind == IN_HEADER)
		check_header(p, directive);
	else if (directive->kind == STARTS_SECTION)
		end_section(p, start);
	else
	{
		end_script(p, start);
		sha256_init(&p->sum);
		p->lexer.dialect = LEX_BOTH;
	}
	directive->read(p, value);
}

/* ---- the pass over the tokens ---- */

bool
script_has_prefix(const char *at, const char *end)
{
	return (size_t) (end - at) >= PREFIX_LEN && memcmp(at, PREFIX, PREFIX_LEN) == 0;
}

/* Does the token stand in column one?  A byte order mark in front does not count. */
static bool
in_column_one(const Parser *p)
{
	const char *at = p->token.text.at;
	const char *start = p->bundle.at;

	if (at - start >= BOM_LEN && memcmp(at - BOM_LEN, BOM, BOM_LEN) == 0)
		at -= BOM_LEN;
	return at == start || at[-1] == '\n';
}

/* "--migrate:" in any case, with any blanks: meant as a directive.  A block comment never is. */
static bool
looks_like_directive(MigText comment)
{
	static const char word[] = "migrate:";
	size_t i = 2;

	while (i < comment.len && is_blank(comment.at[i]))
		i++;
	if (comment.at[0] != '-' || comment.len - i < sizeof(word) - 1)
		return false;
	for (size_t k = 0; k < sizeof(word) - 1; k++)
		if (to_lower(comment.at[i + k]) != word[k])
			return false;
	return true;
}

/*
 * A comment of the script's own is not our business; one that was meant as a directive and is none
 * would be passed over in silence, with all that it says.
 */
static void
read_comment(Parser *p)
{
	MigText text = p->token.text;

	if (!looks_like_directive(text))
		return;
	if (!script_has_prefix(text.at, text.at + text.len))
		fail(p, "misspelled directive",
			 "A directive starts with \"" PREFIX "\", in lower case "
			 "and with one space.");
	else if (!in_column_one(p))
		fail(p, "directive behind other text in its line",
			 "A directive stands on a line of its own, from the first column; does the file "
			 "before it end without a line feed?");
	else
		read_directive(p);
}

/* A directive's line inside a quote or a block comment would be swallowed by it. */
static void
check_inside(Parser *p)
{
	const char *end = p->token.text.at + p->token.text.len;
	const char *at = p->token.text.at;
	int line = p->token.line;

	while ((at = memchr(at, '\n', (size_t) (end - at))) != NULL)
	{
		at++;
		line++;
		if (end - at >= BOM_LEN && memcmp(at, BOM, BOM_LEN) == 0)
			at += BOM_LEN;
		if (script_has_prefix(at, end))
			fail_at(p, line,
					mig_format(p->m, "directive inside a %s that begins on line %d",
							   p->token.kind == TOKEN_COMMENT ? "comment" : "quote",
							   p->script ? p->token.line - p->script->line + 1 : p->token.line),
					"Close it before the directive; where the text is meant to be there, indent "
					"it.");
	}
}

/*
 * Only tokens of upgrade sections go into the checksum: white space, comments and the downgrade
 * may change in what is applied.
 */
static void
read_code(Parser *p)
{
	static const MigText separator = {"\n", 1};

	if (p->token.kind == TOKEN_WORD && in_column_one(p) && p->token.text.len == BOM_LEN &&
		memcmp(p->token.text.at, BOM, BOM_LEN) == 0)
		return;
	if (p->script == NULL)
		fail(p, "statement before the first revision",
			 "Start the script with \"-- migrate:revision <identifier>\".");
	else if (p->section == NULL)
		fail(p, "statement outside a section",
			 "Put a line \"-- migrate:upgrade\" or \"-- migrate:downgrade\" above it.");
	else if (p->upgrade)
	{
		sha256_add(&p->sum, p->token.text);
		sha256_add(&p->sum, separator);
	}
}

/* One token; end of the text is the end of the last script. */
static bool
read_token(Parser *p)
{
	p->token = lexer_next(&p->lexer);
	if (p->token.kind == TOKEN_END)
	{
		end_script(p, p->token.text.at);
		return false;
	}
	if (p->token.kind == TOKEN_SPACE)
		return true;
	check_inside(p);
	if (p->token.kind == TOKEN_COMMENT)
		read_comment(p);
	else
		read_code(p);
	return p->error == NULL;
}

/*
 * The scripts of a bundle; *error, if there is one, makes them void.  A NUL byte is refused first:
 * what is behind it would be lost in both engines' texts.
 */
static Script *
parse(Mig *m, MigText bundle, Source source, const MigError **error)
{
	Parser p = {.m = m, .source = source, .bundle = bundle, .lexer = lexer(bundle, LEX_BOTH, 1)};
	const char *nul = bundle.len ? memchr(bundle.at, '\0', bundle.len) : NULL;

	p.last = &p.first;
	if (nul)
		fail_at(&p, 1 + mig_count_lines((MigText){bundle.at, (size_t) (nul - bundle.at)}),
				"script contains a NUL byte", "Write the script as UTF-8 text.");
	while (p.error == NULL && read_token(&p))
		continue;
	*error = p.error;
	return p.first;
}

static const Source no_file = {{NULL, 0}, 0};

Script *
script_parse(Mig *m, MigText bundle, Source source)
{
	const MigError *error;
	Script *first = parse(m, bundle, source, &error);

	if (error)
		mig_raise(m, error);
	return first;
}

/* In the order of the bundle, copied by value: the scripts' own lists stay where they are. */
MigRevisions
script_array(Mig *m, const Script *first)
{
	MigRevisions all = {NULL, 0};
	size_t n = 0;

	for (const Script *s = first; s; s = s->next)
		n++;
	all.at = mig_alloc(m, n, sizeof(MigRevision));
	for (const Script *s = first; s; s = s->next)
		all.at[all.n++] = s->revision;
	return all;
}

static bool
is_all_blank(MigText text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_blank(text.at[i]))
			return false;
	return true;
}

/* An empty bundle is no mistake: a directory may have no files yet. */
MigRevisions
mig_script_parse(Mig *m, MigText bundle)
{
	const Script *first = script_parse(m, bundle, no_file);

	if (first == NULL && !is_all_blank(bundle))
		mig_raise(m,
				  &(MigError){MIG_SYNTAX_ERROR, "bundle has no revision", NULL,
							  "A script starts with \"-- migrate:revision <identifier>\".", NULL});
	return script_array(m, first);
}

/*
 * For what is in the store already, where an error is told by whoever asks: an edited script is a
 * problem of its own.
 */
const Script *
script_read(Mig *m, MigText text)
{
	const MigError *error;
	const Script *first = parse(m, text, no_file, &error);

	return error || first == NULL || first->next ? NULL : first;
}

const MigRevision *
script_revision(const Script *script)
{
	return &script->revision;
}

/*
 * The engine's own section wins over the plain one.  Without a section for a direction the
 * revision cannot be run that way, which is known before anything has run.
 */
MigSection
script_section(Mig *m, const Script *script, MigDirection direction, MigEngine engine)
{
	const Section *section = &script->sections[direction][engine];
	const char *name = mig_direction_name(direction);

	if (!section->present)
		section = &script->sections[direction][PLAIN];
	if (!section->present)
		mig_raise(m,
				  &(MigError){MIG_WRONG_STATE,
							  mig_format(m, "revision \"%.*s\" has no %s section for %s",
										 MIG_ARG(script->revision.id), name, engine_names[engine]),
							  NULL,
							  mig_format(m,
										 "Add a line \"-- migrate:%s\" to its script, with "
										 "the statements or with none, and add the script "
										 "again with migrate_add().",
										 name),
							  NULL});
	return (MigSection){section->sql, section->line};
}

/*
 * A revision without a script (the store was loaded without) has no section, and the error says
 * which.
 */
MigSection
mig_script_section(Mig *m, const MigRevision *revision, MigDirection direction, MigEngine engine)
{
	Script *script = script_parse(m, revision->script, no_file);

	if (script == NULL)
	{
		script = mig_alloc(m, 1, sizeof(Script));
		script->revision = *revision;
	}
	return script_section(m, script, direction, engine);
}
