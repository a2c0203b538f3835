/*
 * extensions.c - what extensions have, while a desired schema is built
 *
 * As ALTER EXTENSION SET SCHEMA does it, but of any extension: of those that cannot
 * be moved, whose members are in several schemas, that are somebody else's; and
 * without a lock on relations, which others go on using.  None of it stays.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "commands/alter.h"
#include "commands/tablecmds.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"

#include "migrate.h"
#include "pg.h"

/* Rows of (class, object, extension, its schema), of all but our own; in SPI's memory. */
static SPITupleTable *
read_members(Call *call)
{
	if (SPI_execute("SELECT classid, objid, x.oid, extnamespace FROM pg_catalog.pg_depend "
					"JOIN pg_catalog.pg_extension x ON x.oid = refobjid WHERE refclassid = "
					"'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'e' "
					"AND extname <> 'migrate'",
					false, 0) < 0)
		call_raise(call, MIG_INTERNAL, "could not read the catalogs", NULL, NULL);
	return SPI_tuptable;
}

/* Of a column that is never null. */
static Oid
get_oid(const SPITupleTable *rows, uint64 i, int column)
{
	bool isnull;

	return DatumGetObjectId(SPI_getbinval(rows->vals[i], rows->tupdesc, column, &isnull));
}

Extensions
extensions_read(Call *call)
{
	Extensions all;

	if (SPI_execute(
			"SELECT oid, extnamespace FROM pg_catalog.pg_extension WHERE extname <> 'migrate'",
			false, 0) < 0)
		call_raise(call, MIG_INTERNAL, "could not read the catalogs", NULL, NULL);
	all = (Extensions){mig_alloc(&call->mig, SPI_processed, sizeof(Extension)), SPI_processed};
	for (size_t i = 0; i < all.n; i++)
		all.at[i] = (Extension){get_oid(SPI_tuptable, i, 1), get_oid(SPI_tuptable, i, 2)};
	SPI_freetuptable(SPI_tuptable);
	return all;
}

/* Its row type and its indexes stay behind: nobody asks for them by name. */
static void
move_relation(Oid relation, Oid from, Oid to, ObjectAddresses *moved)
{
	Relation catalog = table_open(RelationRelationId, RowExclusiveLock);

	AlterRelationNamespaceInternal(catalog, relation, from, to, true, moved);
	table_close(catalog, RowExclusiveLock);
}

/*
 * A member that is in no schema (a cast, a language) or in another one stays.  moved: what has
 * been moved so far; a type takes its array type along.
 */
static void
move_member(const ObjectAddress *member, Oid from, Oid to, ObjectAddresses *moved)
{
	if (!is_objectclass_supported(member->classId) || get_object_namespace(member) != from)
		return;
	if (member->classId == RelationRelationId)
		move_relation(member->objectId, from, to, moved);
	else
		(void) AlterObjectNamespace_oid(member->classId, member->objectId, to, moved);
}

/*
 * pg_extension and pg_depend are written by hand: ALTER EXTENSION SET SCHEMA would refuse an
 * extension that is not relocatable and whose members are in several schemas.
 */
static void
set_schema(Oid extension, Oid from, Oid to)
{
	Relation catalog = table_open(ExtensionRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(catalog, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = heap_copytuple(systable_getnext(scan));
	((Form_pg_extension) GETSTRUCT(tuple))->extnamespace = to;
	CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	(void) changeDependencyFor(ExtensionRelationId, extension, NamespaceRelationId, from, to);
}

/*
 * The members in a schema go to another; those of one extension, or of all.  As a
 * superuser, who may move what belongs to others: no code of anybody's runs.
 */
static void
move_members(Call *call, Oid extension, Oid from, Oid to)
{
	SPITupleTable *rows = read_members(call);
	uint64 n = SPI_processed;
	ObjectAddresses *moved = new_object_addresses();
	Oid user;
	int context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, context | SECURITY_LOCAL_USERID_CHANGE);
	for (uint64 i = 0; i < n; i++)
	{
		ObjectAddress member = {get_oid(rows, i, 1), get_oid(rows, i, 2), 0};

		if (!OidIsValid(extension) || get_oid(rows, i, 3) == extension)
			move_member(&member, from, to, moved);
	}
	SetUserIdAndSecContext(user, context);
	free_object_addresses(moved);
	SPI_freetuptable(rows);
	CommandCounterIncrement();
}

/* Is the schema a member itself?  Then so is the one that stands for it. */
static void
move_membership(const SPITupleTable *rows, uint64 n, Oid from, Oid to)
{
	ObjectAddress schema = {NamespaceRelationId, to, 0};

	for (uint64 i = 0; i < n; i++)
	{
		ObjectAddress extension = {ExtensionRelationId, get_oid(rows, i, 3), 0};

		if (get_oid(rows, i, 1) == NamespaceRelationId && get_oid(rows, i, 2) == from)
			recordDependencyOn(&schema, &extension, DEPENDENCY_EXTENSION);
	}
}

/*
 * In all three places where the server keeps it: the membership of a schema that an extension has
 * made, the extension's own row, and each member.
 */
void
extensions_move(Call *call, Oid from, Oid to)
{
	Extensions all = extensions_read(call);
	SPITupleTable *rows = read_members(call);

	move_membership(rows, SPI_processed, from, to);
	SPI_freetuptable(rows);
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].schema == from)
			set_schema(all.at[i].id, from, to);
	move_members(call, InvalidOid, from, to);
}

/* Not from get_extension_schema(), which older servers keep to themselves. */
Oid
extensions_schema(Call *call, Oid extension)
{
	Extensions all = extensions_read(call);

	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].id == extension)
			return all.at[i].schema;
	return InvalidOid;
}

/*
 * What an extension has is named as before in all that uses it, and the extension
 * itself says where it is to be: so that it moves is one change, see diff_order.c.
 */
void
extensions_take_back(Call *call, const Extensions *before)
{
	Extensions now = extensions_read(call);

	for (size_t i = 0; i < now.n; i++)
		for (size_t k = 0; k < before->n; k++)
			if (before->at[k].id == now.at[i].id && before->at[k].schema != now.at[i].schema)
				move_members(call, now.at[i].id, now.at[i].schema, before->at[k].schema);
}
