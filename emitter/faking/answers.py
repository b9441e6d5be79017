"""What a REST operation answers, made from its schema: the same thing has the same values each time.

Chance comes from the thing's id alone, so that what is asked for twice, or by two paths, is told alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.draw import Draw, Wants, everything
from emitter.faking.generator import Compiler
from emitter.faking.merging import merged
from emitter.faking.people import Account
from emitter.faking.pools import bundled_pools
from emitter.faking.references import References
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.catalog.rest import RestOperation
    from emitter.faking.draw import Known

_MAX_CACHED: Final = 1024
_HAPPENED_AGO_MS: Final = 3_600_000


@lru_cache(maxsize=_MAX_CACHED)
def answer_maker(operation: RestOperation) -> Callable[[Draw], Any]:
    """Return what makes whole answers of an operation; kept, and safe to share between threads.

    It raises InvalidSpecError when it finds no value that fits the schema.
    """
    return Compiler(operation.schema or {}, subject=operation.id).compile()


@lru_cache(maxsize=_MAX_CACHED)
def item_maker(operation: RestOperation, name: str) -> Callable[[Draw], Any]:
    """Return what makes one item of the array `name` of an operation's answer; as `answer_maker`."""
    root = operation.schema or {}
    schema = members(operation)[name].get("items", {})
    kept = {"$defs": root["$defs"]} if "$defs" in root else {}
    return Compiler({**schema, **kept}, subject=f"an item of {operation.id}").compile()


@lru_cache(maxsize=_MAX_CACHED)
def members(operation: RestOperation) -> dict[str, dict[str, Any]]:
    """Return the properties of an operation's answer by name, each with its schema; none of an array's."""
    root = operation.schema or {}
    references = References(root, subject=operation.id)
    schema = references.resolved(root)
    for part in schema.get("allOf", ()):
        schema = merged(schema, references.resolved(part))
    properties = schema.get("properties")
    named = properties if isinstance(properties, dict) else {}
    return {name: references.resolved(each) for name, each in named.items() if isinstance(each, dict)}


def draw_of(
    *names: str,
    account_id: str = "",
    known: Known | None = None,
    now_ms: int,
    wants: Wants = everything,
) -> Draw:
    """Return what an answer about a thing is made from.

    Args:
        names: What decides its values: a kind of thing, and the id.
        account_id: Whose it is; its people are those of the answers.
        known: What is decided, by property name; see `emitter.faking.draw.Known`.
        now_ms: When what is told of was made, milliseconds since the epoch.
        wants: Which optional properties are there.
    """
    return Draw(
        stream=Stream("zoom", *names),
        account=account_of(account_id),
        pools=bundled_pools(),
        event=names[0],
        event_ts_ms=now_ms,
        happened_ms=now_ms - _HAPPENED_AGO_MS,
        known=known or {},
        wants=wants,
    )


@lru_cache(maxsize=_MAX_CACHED)
def account_of(account_id: str) -> Account:
    """Return an account of this id, always with the same people."""
    made = Account.numbered(0, seed=f"account {account_id}")
    return Account(account_id or made.id, made.people)
