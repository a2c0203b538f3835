/*
 * state.c - which rows the catalogs have, as one number
 *
 * A row of a catalog is never changed: DDL writes another one in another place.  So
 * as long as the catalogs have the same rows, each in its place and of the same
 * transaction, no definition is another.  That is asked of the rows' headers alone,
 * which takes a hundredth of the time that it takes to print what they mean.  Where
 * the number is another, nothing is said yet: TRUNCATE and REINDEX write such rows,
 * too, and a restored database has other ones.  (A few columns are written in place:
 * statistics, which no definition has, and up to PostgreSQL 13 whether an index is
 * valid, which is asked.)
 *
 * Temporary tables come and go without a change of the schema: what is theirs is
 * passed over.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_description.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_event_trigger.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_partitioned_table.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_range.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_transform.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_ts_parser.h"
#include "catalog/pg_ts_template.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "migrate.h"
#include "pg.h"

/*
 * What catalog.c reads, itself or by pg_get_*def(), each behind its owner: the
 * column that says of what a row is a part, and the catalog of that, which a row of
 * pg_depend has in its first column.  Without a column: of nothing.
 */
static const struct
{
	Oid catalog;
	Oid owner;
	AttrNumber column;
} catalogs[] = {
	{NamespaceRelationId, 0, 0},
	{RelationRelationId, NamespaceRelationId, Anum_pg_class_relnamespace},
	{TypeRelationId, NamespaceRelationId, Anum_pg_type_typnamespace},
	{ConstraintRelationId, NamespaceRelationId, Anum_pg_constraint_connamespace},
	{ProcedureRelationId, NamespaceRelationId, Anum_pg_proc_pronamespace},
	{StatisticExtRelationId, NamespaceRelationId, Anum_pg_statistic_ext_stxnamespace},
	{AttributeRelationId, RelationRelationId, Anum_pg_attribute_attrelid},
	{AttrDefaultRelationId, RelationRelationId, Anum_pg_attrdef_adrelid},
	{IndexRelationId, RelationRelationId, Anum_pg_index_indrelid},
	{SequenceRelationId, RelationRelationId, Anum_pg_sequence_seqrelid},
	{InheritsRelationId, RelationRelationId, Anum_pg_inherits_inhrelid},
	{PartitionedRelationId, RelationRelationId, Anum_pg_partitioned_table_partrelid},
	{TriggerRelationId, RelationRelationId, Anum_pg_trigger_tgrelid},
	{RewriteRelationId, RelationRelationId, Anum_pg_rewrite_ev_class},
	{PolicyRelationId, RelationRelationId, Anum_pg_policy_polrelid},
	{EnumRelationId, TypeRelationId, Anum_pg_enum_enumtypid},
	{RangeRelationId, TypeRelationId, Anum_pg_range_rngtypid},
	{DependRelationId, InvalidOid, Anum_pg_depend_objid},
	{DescriptionRelationId, 0, 0},
	{AccessMethodRelationId, 0, 0},
	{AuthIdRelationId, 0, 0},
	{CastRelationId, 0, 0},
	{CollationRelationId, 0, 0},
	{ConversionRelationId, 0, 0},
	{EventTriggerRelationId, 0, 0},
	{ExtensionRelationId, 0, 0},
	{ForeignDataWrapperRelationId, 0, 0},
	{ForeignServerRelationId, 0, 0},
	{LanguageRelationId, 0, 0},
	{OperatorClassRelationId, 0, 0},
	{OperatorFamilyRelationId, 0, 0},
	{OperatorRelationId, 0, 0},
	{PublicationRelationId, 0, 0},
	{TSConfigRelationId, 0, 0},
	{TSDictionaryRelationId, 0, 0},
	{TSParserRelationId, 0, 0},
	{TSTemplateRelationId, 0, 0},
	{TransformRelationId, 0, 0},
};

/* An object, as a key: no bytes between its parts. */
typedef struct Object
{
	Oid catalog;
	Oid id;
} Object;

/* temporary: found so far; catalogs[] has owners before what is theirs, so one pass is enough. */
typedef struct State
{
	uint64 hash;
	HTAB *temporary; /* objects */
} State;

/* Of a column that is an oid. */
static Oid
get_oid(HeapTuple tuple, AttrNumber column, TupleDesc desc)
{
	bool isnull;
	Datum value = heap_getattr(tuple, column, desc, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(value);
}

/* Is it a temporary schema, or of something that is temporary?  i: in catalogs[]. */
static bool
is_temporary(const State *s, int i, HeapTuple tuple, TupleDesc desc)
{
	Object owner = {catalogs[i].owner, InvalidOid};

	if (catalogs[i].catalog == NamespaceRelationId)
		return isAnyTempNamespace(((Form_pg_namespace) GETSTRUCT(tuple))->oid);
	if (catalogs[i].column == 0)
		return false;
	if (catalogs[i].catalog == DependRelationId)
		owner.catalog = get_oid(tuple, Anum_pg_depend_classid, desc);
	owner.id = get_oid(tuple, catalogs[i].column, desc);
	return hash_search(s->temporary, &owner, HASH_FIND, NULL) != NULL;
}

/*
 * xmin and place, as the header says.  The xmin is the raw one: FREEZE sets a bit and leaves it.
 * An update in place keeps both, so whether an index is valid goes in by itself.
 */
static void
add_row(State *s, Oid catalog, HeapTuple tuple)
{
	bool valid = catalog == IndexRelationId && ((Form_pg_index) GETSTRUCT(tuple))->indisvalid;
	uint32 row[] = {catalog, HeapTupleHeaderGetRawXmin(tuple->t_data),
					ItemPointerGetBlockNumber(&tuple->t_self),
					ItemPointerGetOffsetNumber(&tuple->t_self), valid};

	s->hash = hash_bytes_extended((const unsigned char *) row, sizeof(row), s->hash);
}

/*
 * What is a part of a row that is passed over is so, too; its oid, if it has one, comes first.
 * In the order of the table and not of an index: the order is a part of the number, and a scan of
 * the heap always has the same.
 */
static void
add_catalog(State *s, int i, Snapshot snapshot)
{
	Relation relation = table_open(catalogs[i].catalog, AccessShareLock);
	TupleDesc desc = RelationGetDescr(relation);
	SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Object object = {catalogs[i].catalog, InvalidOid};

		if (!is_temporary(s, i, tuple, desc))
		{
			add_row(s, catalogs[i].catalog, tuple);
			continue;
		}
		object.id = get_oid(tuple, 1, desc);
		hash_search(s->temporary, &object, HASH_ENTER, NULL);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
}

/*
 * Of this database alone: a copy of it elsewhere has the same rows, perhaps with other contents.
 * The latest snapshot, and one for all catalogs: what others have committed counts.
 */
MigText
state_now(Call *call)
{
	uint64 identity[] = {GetSystemIdentifier(), MyDatabaseId};
	HASHCTL keys = {.keysize = sizeof(Object), .entrysize = sizeof(Object), .hcxt = call->memory};
	State s = {hash_bytes_extended((const unsigned char *) identity, sizeof(identity), 0),
			   hash_create("temporary objects", 64, &keys, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT)};
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());

	for (int i = 0; i < (int) lengthof(catalogs); i++)
		add_catalog(&s, i, snapshot);
	UnregisterSnapshot(snapshot);
	hash_destroy(s.temporary);
	return mig_text(mig_format(&call->mig, "%016llx", (unsigned long long) s.hash));
}
