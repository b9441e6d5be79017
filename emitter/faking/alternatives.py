"""Schemas that cannot be built from directly: simpler drafts are made and judged until one fits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import InvalidSpecError
from emitter.faking.draw import everything
from emitter.faking.merging import IMPOSSIBLE, Schema, as_schema, merged, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jsonschema_rs import Draft202012Validator

    from emitter.faking.draw import Draw, Make

TRIES: Final = 40
"""How many drafts are judged, after one of each kind, before a schema is given up."""

_ROOT: Final = "urn:zoom-emitter:root"
_BRANCHES: Final = ("anyOf", "oneOf")
_CONDITION: Final = ("if", "then", "else")
_STRIPPED: Final = (
    "not", "dependentRequired", "dependentSchemas", "dependencies", "contains", "minContains", "maxContains",
    "propertyNames", "patternProperties", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
STRUCTURAL: Final = frozenset({"allOf", *_BRANCHES, "if", *_STRIPPED})
_BEST_EFFORT: Final = frozenset({"pattern", "uniqueItems", "minProperties", "maxProperties"})
_BOUNDS: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"}
)


def is_structural(schema: Schema) -> bool:
    """Say whether the schema says what only drafts can meet: branches, conditions, what must not hold."""
    return not schema.keys().isdisjoint(STRUCTURAL)


def is_uncertain(schema: Schema) -> bool:
    """Say whether a value built directly may still not fit, so that it has to be judged."""
    if isinstance(schema.get("multipleOf"), float):
        return True
    if "enum" in schema and not schema.keys().isdisjoint(_BOUNDS):
        return True
    return not schema.keys().isdisjoint(_BEST_EFFORT)


def drafts(schema: Schema) -> list[Schema]:
    """Return simpler schemas, of which some have values that fit the given one; the likeliest first.

    Each takes one construct away, so that drafts of drafts end in schemas that are not structural. There are
    none where it is plain that nothing fits.
    """
    return [] if schema == IMPOSSIBLE else [draft for draft in _drafts(schema) if draft != IMPOSSIBLE]


class Judged:
    """Makes values of a schema by drafts; the first that fits is taken.

    Args:
        schema: What must hold.
        root: The document in which references are looked up.
        makers: Makers of the drafts, the likeliest first.
        subject: What the message calls the place when nothing fits.
    """

    def __init__(self, schema: Schema, root: Schema, makers: Sequence[Make], *, subject: str) -> None:
        self._schema = schema
        self._root = root
        self._makers = tuple(makers)
        self._is_choice = not schema.keys().isdisjoint(_BRANCHES)
        self._subject = subject

    def __call__(self, draw: Draw) -> Any:
        """Make a value that fits.

        Raises:
            InvalidSpecError: None of many drafts did.
        """
        was_thinning, wants = draw.thinning, draw.wants
        for make in self._in_order(draw):
            try:
                value = make(draw)
            except InvalidSpecError:
                continue
            finally:
                draw.thinning, draw.wants = was_thinning, wants
            if self._validator.is_valid(value):
                return value
        raise InvalidSpecError(
            f"no value for {self._subject} was found that fits its schema; give the event with --payload"
        )

    def _in_order(self, draw: Draw) -> Iterator[Make]:
        """Yield the makers in the order of trying: each once, then any, properties left out at random."""
        makers = self._makers
        if self._is_choice and makers:  # no branch is likelier than another, and each must be reached
            first = draw.stream.below(len(makers))
            makers = makers[first:] + makers[:first]
        yield from makers[:1]
        # Who wants everything loses a property that cannot be there; who wants this one gets what it needs.
        others = makers[1:]
        yield from others if draw.wants is everything else reversed(others)
        for _ in range(TRIES if self._makers else 0):
            yield _thinned(draw.stream.pick(self._makers))
        # Some are told apart only by a property that nobody asked for.
        yield from () if draw.wants is everything else map(_complete, makers)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return judge_of(self._schema, self._root)


def judge_of(schema: Schema, root: Schema) -> Draft202012Validator:
    """Return what says whether a value fits a part of a document, and its references with it.

    Raises:
        InvalidSpecError: It is no JSON Schema.
    """
    # Imported here, since most schemas need no judge.
    import jsonschema_rs  # noqa: PLC0415

    try:
        registry = jsonschema_rs.Registry([(_ROOT, root)])
        return jsonschema_rs.Draft202012Validator(_rooted(schema), registry=registry)
    except (TypeError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise InvalidSpecError(f"a part of a schema cannot be used: {reason}") from None


def _thinned(make: Make) -> Make:
    def make_thinned(draw: Draw) -> Any:
        draw.thinning = True
        return make(draw)

    return make_thinned


def _complete(make: Make) -> Make:
    def make_complete(draw: Draw) -> Any:
        draw.wants = everything
        return make(draw)

    return make_complete


def _rooted(node: Any) -> Any:
    """Return the schema with its references into the document made absolute."""
    if isinstance(node, list):
        return [_rooted(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _ROOT + value
        if key == "$ref" and isinstance(value, str) and value[:1] == "#"
        else _rooted(value)
        for key, value in node.items()
    }


def _drafts(schema: Schema) -> list[Schema]:
    for key in _BRANCHES:
        if key in schema:
            rest = without(schema, key)
            return [merged(rest, branch) for branch in schema[key]] or [rest]
    if "if" in schema:
        return _of_condition(schema)
    if "allOf" in schema and schema.keys().isdisjoint(_STRIPPED):
        return [_all_of(schema)]
    rest = without(schema, *_STRIPPED)
    return [rest, *_of_stripped(schema, rest)]


def _all_of(schema: Schema) -> Schema:
    result = without(schema, "allOf")
    for part in schema["allOf"]:
        result = merged(result, part)
    # Two patterns, say, cannot be one, and only the judge knows of the second. What can be drafted stays.
    kept = [part for part in result.get("allOf", []) if is_structural(part) or "$ref" in part]
    return result | {"allOf": kept} if kept else without(result, "allOf")


def _of_condition(schema: Schema) -> list[Schema]:
    rest = without(schema, *_CONDITION)
    condition = as_schema(schema["if"])
    choices = [rest, _without_mentioned(rest, condition)]
    if "else" in schema:
        choices.append(merged(rest, schema["else"]))
    choices.append(merged(merged(rest, condition), schema.get("then", {})))
    return choices


def _of_stripped(schema: Schema, rest: Schema) -> list[Schema]:
    choices = []
    if "not" in schema:
        choices.append(_without_mentioned(rest, as_schema(schema["not"])))
    if "contains" in schema:
        contained = merged(rest.get("items", {}), schema["contains"])
        count = max(1, int(schema.get("minContains", 1)))
        choices.append(
            rest | {"prefixItems": [contained] * count, "minItems": max(count, rest.get("minItems", 0))}
        )
    needed = [name for names in schema.get("dependentRequired", {}).values() for name in names]
    if needed:
        choices.append(merged(rest, {"required": needed}))
    choices += [merged(rest, part) for part in schema.get("dependentSchemas", {}).values()]
    return choices


def _without_mentioned(rest: Schema, condition: Schema) -> Schema:
    """Return the schema without the optional properties that the condition speaks of."""
    mentioned = {*condition.get("required", []), *condition.get("properties", {})}
    dropped = mentioned - set(rest.get("required", []))
    return rest | {"properties": rest.get("properties", {}) | dict.fromkeys(sorted(dropped), False)}
