"""The coverage and the hostile set as files, for tests in any language.

A set is a folder: an ``index.json`` that lists what is in it, and beside it the exact bodies, one ``.body``
file each, which no editor or version control may convert. The coverage set has each body in a readable form
as well. Paths are relative to the folder and the same for every seed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.core.request import build_request
from emitter.faking import ids
from emitter.faking.hostile import hostile_cases
from emitter.faking.streams import Stream
from emitter.faking.variants import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.hostile import HostileCase, HostileRequest
    from emitter.faking.pools import Pools

INDEX: Final = "index.json"
_FORMAT: Final = 1
_HOST: Final = "receiver.example.com"
_PAIR: Final = re.compile(r'\[\n *("(?:[^"\\]|\\.)*"),\n *("(?:[^"\\]|\\.)*")\n *\]')
"""A list of two texts as `json` indents it; a line is enough for a header."""
_LAG_MS: Final = 180
"""How long before its request an event is made."""


class FixtureFile(NamedTuple):
    """A file of a set: its name in the set's folder, and its exact content."""

    name: str
    content: bytes


def coverage_files(
    *,
    catalog: Catalog,
    secret_token: SecretToken,
    seed: str | int,
    now_s: int,
    pools: Pools | None = None,
) -> Iterator[FixtureFile]:
    """Yield the coverage set of every event of the catalog: two files a variant, then the index.

    An entry of the index holds ``event``, ``variant``, ``title``, ``plausible`` (see
    `emitter.faking.variants`), ``body`` and ``json`` (names of files), ``now_s`` (when it is to be judged,
    seconds since the epoch) and ``headers``, an object with a valid signature for that time.

    Args:
        catalog: Which events there are.
        secret_token: The key of the signatures; it is in no file.
        seed: Decides ids, people and texts.
        now_s: The time of every request, seconds since the epoch.
        pools: What names and texts are picked from; the bundled ones where none are given.

    Raises:
        InvalidSpecError: No value fits the schema of an event.
    """
    entries: list[dict[str, Any]] = []
    for event_type in catalog:
        for variant in variants(event_type, seed=seed, now_ms=now_s * 1000 - _LAG_MS, pools=pools):
            stem = f"{event_type.name}--{variant.name}"
            body = variant.event.body()
            request = build_request(
                url="",
                host=_HOST,
                body=body,
                identity=ids.new_identity(
                    Stream(seed, "coverage", stem), client_id=ids.short_id(Stream(seed, "client"))
                ),
                secret_token=secret_token,
                timestamp_s=now_s,
            )
            entry = {
                "event": event_type.name,
                "variant": variant.name,
                "title": variant.title,
                "plausible": variant.is_plausible,
                "json": f"{stem}.json",
                "body": f"{stem}.body",
                "now_s": now_s,
                "headers": dict(request.headers),
            }
            entries.append(entry)
            yield FixtureFile(f"{stem}.json", _readable(json.loads(body)))
            yield FixtureFile(f"{stem}.body", body)
    yield FixtureFile(INDEX, _readable({"format": _FORMAT, "set": "coverage", "events": entries}))


def hostile_files(
    *,
    catalog: Catalog,
    secret_token: SecretToken,
    seed: str | int,
    now_s: int,
    pools: Pools | None = None,
) -> Iterator[FixtureFile]:
    """Yield the hostile set: the bodies, each once, then the index.

    An entry of the index holds what a `HostileCase` does: ``name``, ``title``, ``provokes``, ``source``,
    ``distinct_events`` and ``requests``. Of these each has ``method``, ``headers`` (pairs, since a name may
    come twice; values hold characters below U+0100, a byte each), ``body`` (the name of a file), ``now_s``,
    ``expected`` and ``preferred`` (``acknowledge``, ``refuse``, ``either``, ``answer``), and ``answer`` (an
    object, or null).

    Args:
        catalog: Which events there are.
        secret_token: The key of right signatures; it is in no file.
        seed: Decides ids, people and texts.
        now_s: When the first request of each case arrives, seconds since the epoch.
        pools: What names and texts are picked from; the bundled ones where none are given.

    Raises:
        InvalidSpecError: No event has a schema that values fit.
    """
    names: dict[bytes, str] = {}
    entries: list[dict[str, Any]] = []
    cases = hostile_cases(secret_token=secret_token, seed=seed, now_s=now_s, catalog=catalog, pools=pools)
    for case in cases:
        for number, request in enumerate(case.requests, start=1):
            if request.body not in names:
                names[request.body] = f"{case.name}.body" if number == 1 else f"{case.name}-{number}.body"
                yield FixtureFile(names[request.body], request.body)
        entries.append(_entry(case, [_told(request, names[request.body]) for request in case.requests]))
    yield FixtureFile(INDEX, _readable({"format": _FORMAT, "set": "hostile", "cases": entries}))


def _entry(case: HostileCase, requests: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": case.name,
        "title": case.title,
        "provokes": case.provokes,
        "source": case.source,
        "distinct_events": case.distinct_events,
        "requests": requests,
    }


def _told(request: HostileRequest, body_file: str) -> dict[str, Any]:
    return {
        "method": request.method,
        "headers": [list(pair) for pair in request.headers],
        "body": body_file,
        "now_s": request.now_s,
        "expected": request.expected.value,
        "preferred": request.preferred.value,
        "answer": None if request.answer is None else dict(request.answer),
    }


def _readable(value: Any) -> bytes:
    r"""Return JSON for people: indented, and what cannot be seen, or moves what can, as ``\u202E``."""
    text = _PAIR.sub(r"[\1, \2]", json.dumps(value, ensure_ascii=False, indent=2))
    hidden = {char for char in set(text) if not char.isprintable() and char != "\n"}
    return (text.translate({ord(char): _escape(char) for char in hidden}) + "\n").encode()


def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2], 'big'):04X}" for at in range(0, len(units), 2))
