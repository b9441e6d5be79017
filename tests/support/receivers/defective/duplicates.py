"""Receivers that what comes again, at once, early or late confuses."""

from __future__ import annotations

import threading

from tests.support.receivers.reference import Answer, Asked, Defect

_CONFLICT = Answer(409, "conflict")
_HELD_S = 0.02


def _request_id(asked):
    return asked.headers.get("x-zm-request-id", "")


def _time(asked):
    value = asked.value
    event_ts = value.get("event_ts") if isinstance(value, dict) else None
    return event_ts if isinstance(event_ts, int) else 0


def _is_event(asked):
    return asked.is_signed and not asked.is_challenge and bool(asked.event)


def _refusing_known_ids():
    seen = set()

    def respond(asked, right):
        if _is_event(asked) and _request_id(asked) in seen:
            return _CONFLICT
        seen.add(_request_id(asked))
        return right(asked)

    return respond


def _locking_ids():
    held, lock, never = set(), threading.Lock(), threading.Event()

    def respond(asked, right):
        with lock:
            if _request_id(asked) in held:
                return _CONFLICT
            held.add(_request_id(asked))
        never.wait(_HELD_S)
        with lock:
            held.discard(_request_id(asked))
        return right(asked)

    return respond


def _never_unlocking():
    locked = set()

    def respond(asked, right):
        if _request_id(asked) in locked:
            return _CONFLICT
        if asked.is_gone():
            locked.add(_request_id(asked))
        return right(asked)

    return respond


def _knowing_bodies():
    seen: dict[bytes, str] = {}

    def respond(asked, right):
        if _is_event(asked) and seen.setdefault(asked.body, _request_id(asked)) != _request_id(asked):
            return _CONFLICT
        return right(asked)

    return respond


def _refusing_twins():
    seen: dict[tuple[str, str, int], str] = {}

    def respond(asked, right):
        key = (asked.event, str(asked.object), _time(asked))
        if not _is_event(asked):
            return right(asked)
        seen[key] = _request_id(asked)
        others = [seen.get((*key[:2], _time(asked) + step)) for step in (-1, 1)]
        return _CONFLICT if any(other and other != _request_id(asked) for other in others) else right(asked)

    return respond


def _with_states():
    deleted = set()

    def respond(asked, right):
        playlist = asked.object.get("playlist_id") if isinstance(asked.object, dict) else None
        if _is_event(asked) and isinstance(playlist, str):
            if playlist in deleted and not asked.event.endswith("playlist_delete"):
                return _CONFLICT
            if asked.event.endswith("playlist_delete"):
                deleted.add(playlist)
        return right(asked)

    return respond


def _refusing_old_retries():
    latest: dict[str, int] = {}
    ids: set[str] = set()

    def respond(asked, right):
        conversation = asked.object.get("conversation_id") if isinstance(asked.object, dict) else None
        if not _is_event(asked) or not isinstance(conversation, str):
            return right(asked)
        is_known, newest = _request_id(asked) in ids, latest.get(conversation, 0)
        ids.add(_request_id(asked))
        latest[conversation] = max(newest, _time(asked))
        return Answer(500, "stale object") if is_known and _time(asked) < newest else right(asked)

    return respond


def _counting(counts):
    """Return what makes a receiver whose effects are counted: `counts` says which requests have how many."""

    def observed():
        effects: list[Asked] = []
        seen: set[str] = set()

        def respond(asked, right):
            answer = right(asked)
            effects.extend([asked] * counts(asked, answer, seen))
            return answer

        return respond, lambda: len(effects)

    return observed


def _once(asked, answer, seen):
    if answer.status != 204 or _request_id(asked) in seen:
        return 0
    seen.add(_request_id(asked))
    return 1


def _once_but_deletions(asked, answer, seen):
    return 0 if asked.event.endswith("playlist_delete") else _once(asked, answer, seen)


def _once_a_signature(asked, answer, seen):
    if answer.status != 204 or asked.signature in seen:
        return 0
    seen.add(asked.signature)
    return 1


def _before_verifying(asked, answer, seen):
    if _request_id(asked) in seen or asked.is_challenge or not asked.event:
        return 0
    seen.add(_request_id(asked))
    return 1


DEFECTS = (
    Defect(
        name="refuses-what-it-has-seen",
        codes="D01",
        seen="docs/zoom.md#failures: 4xx for a passing trouble; forum 53977",
        remembers=_refusing_known_ids,
    ),
    Defect(
        name="refuses-what-it-works-on",
        codes="D02",
        seen="docs/zoom.md#failures: handler longer than 3 s, forum 53977",
        remembers=_locking_ids,
    ),
    Defect(
        name="keeps-its-lock-when-the-sender-leaves",
        codes="D03",
        seen="docs/zoom.md#failures: handler longer than 3 s: the event comes again",
        remembers=_never_unlocking,
    ),
    Defect(
        name="knows-events-by-their-bodies",
        codes="D04",
        seen="docs/zoom.md#delivery: two matching subscriptions",
        remembers=_knowing_bodies,
    ),
    Defect(
        name="refuses-twins",
        codes="D05",
        seen="forum 128602: twins whose bodies differ defeat deduplication by body",
        remembers=_refusing_twins,
    ),
    Defect(
        name="wants-events-in-order",
        codes="D06",
        seen="forum 6498: joined and left out of order",
        remembers=_with_states,
    ),
    Defect(
        name="fails-on-an-old-retry",
        codes="D07",
        seen="forum 53977: a retry of an old state arrives after newer state",
        remembers=_refusing_old_retries,
    ),
    Defect(
        name="acknowledges-without-an-effect",
        codes="D08",
        seen="docs/zoom.md#failures: what is acknowledged and lost is never sent again",
        observed=_counting(_once_but_deletions),
    ),
    Defect(
        name="knows-duplicates-by-signature",
        codes="D09",
        seen="docs/zoom.md#failures: duplicates recognised by timestamp or signature",
        observed=_counting(_once_a_signature),
    ),
    Defect(
        name="works-before-it-verifies",
        codes="D10",
        seen="docs/zoom.md#failures: verification skipped; the effect stays although the answer is 401",
        observed=_counting(_before_verifying),
    ),
)
