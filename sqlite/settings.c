/*
 * settings.c - settings of the connection, which the call puts back however it
 * ends
 */
#include "sqlite.h"

/*
 * Asking is setting to a negative value.
 * A setting that this SQLite does not know stays 0.
 */
int
setting_get(Call *call, int setting)
{
	int on = 0;

	sqlite3_db_config(call->db, setting, -1, &on);
	return on;
}

/*
 * Until settings_restore(), or the end of the call.
 * Noted before it is changed.  The database is noted, too: a call may work on the shadow.
 */
void
setting_set(Call *call, int setting, int value)
{
	Call *outer = call_outer(call);
	int old = setting_get(call, setting);

	if (old == value)
		return;
	outer->settings[outer->nsettings++] = (Setting){call->db, setting, old};
	sqlite3_db_config(call->db, setting, value, NULL);
}

/* The last one first, since one may have been setting_set twice. */
void
settings_restore(Call *call)
{
	Call *outer = call_outer(call);

	while (outer->nsettings > 0)
	{
		outer->nsettings--;
		sqlite3_db_config(outer->settings[outer->nsettings].db,
						  outer->settings[outer->nsettings].name,
						  outer->settings[outer->nsettings].value, NULL);
	}
}
