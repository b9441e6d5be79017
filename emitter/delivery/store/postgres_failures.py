"""What PostgreSQL says when it fails, as the rest of one clear line. Never the values of a statement."""

from __future__ import annotations

from typing import Final

ELSEWHERE: Final = "choose another with --database URL"
_LOST: Final = "cannot be reached any more: its server ended the connection; see that it runs"
_BUSY: Final = "is being changed by others in the same places; try again"
_BY_STATE: Final = {
    "25006": f"cannot be written: its server only reads; name the one that writes, or {ELSEWHERE}",
    "40001": _BUSY,
    "40P01": _BUSY,
    "42501": "may not be used by this user; grant it CREATE and USAGE on its schema, which it best owns, "
    f"or {ELSEWHERE}",
    "53100": "cannot grow, the disk of its server is full; free some space",
    "57014": "did not answer in the time its server allows; raise statement_timeout there",
}
_BY_CLASS: Final = {
    "08": _LOST,
    "23": "refuses the change: what it belongs to was pruned meanwhile; start again",
    "42": f"lacks a table or column that this version knows; restore it from a copy, or {ELSEWHERE}",
    "53": "has no room for another connection or query; raise the limits of its server",
    "57": _LOST,
}
_FATAL: Final = "FATAL:"
_FAILED: Final = "failed:"


def reason(cause: BaseException) -> str:
    """Return what is wrong and the way out, from what the driver raised."""
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return _unreachable(str(cause))
    found = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    return found or f"cannot be used ({type(cause).__name__}, SQLSTATE {state}); {ELSEWHERE}"


def _unreachable(said: str) -> str:
    """Return why there is no connection: the last thing the driver's own library said, without its preface.

    It names host, user and database, never a password.
    """
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("\t")]  # no hints
    line = lines[-1] if lines else ""
    if not line:
        return _LOST
    for preface in (_FAILED, _FATAL):
        line = line.rpartition(preface)[2]
    return (
        f"cannot be reached: {line.strip()}; see that its server runs, and that host, user, password and "
        f"database of the URL are right, or {ELSEWHERE}"
    )
