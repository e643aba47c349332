"""A database that is away, full or stuck, told from one that is asked for something impossible."""

import sqlite3

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from luminalib.domain.errors import Invalid, LuminaError, Unavailable


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    slug = "database-unavailable"


class UnstorableText(Invalid):
    """A text that was sent has a character that the database does not take, such as NUL. Send it without."""

    slug = "unstorable-text"


# SQLSTATEs of PostgreSQL: a character that is not in the repertoire, or cannot be translated.
_TEXTS = ("22021", "22P05")
# SQLSTATEs of PostgreSQL: connection exception, insufficient resources, operator intervention (a statement's time-out, too);
# lock not available, idle in transaction for too long, deadlock, serialization failure.
_OUTAGES = ("08", "53", "57", "55P03", "25P03", "40P01", "40001")
# SQLite's words for a file that has been overwritten; they come as plain DatabaseErrors.
_BROKEN = ("malformed", "not a database", "disk image")


def is_outage(error: Exception) -> bool:
    """Whether the database is away, full or going down, rather than asked for something impossible."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        is_broken = isinstance(error, DatabaseError) and any(words in str(error.orig) for words in _BROKEN)
        is_away = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
        return (is_away or is_broken or state.startswith(_OUTAGES)) and not isinstance(error, IntegrityError)
    return isinstance(error, (OSError, PoolExhausted, sqlite3.Error))


def failure(error: Exception) -> LuminaError:
    """What an error of the driver means where the statement is not at fault: the database is away, or was sent what is no text."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return UnstorableText() if getattr(cause, "sqlstate", None) in _TEXTS else unavailable(error)


def unavailable(error: Exception) -> DatabaseUnavailable:
    """The database's own words in one line, with what to check."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return DatabaseUnavailable(f"The database does not answer ({reason}). Check LUMINALIB_DATABASE_URL and that it runs.")
