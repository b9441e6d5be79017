"""Goes through a schema from the top and puts each part right by the rules, in their order.

References are replaced by what they lead to, so that whoever reads a schema needs nothing else. A schema that
contains itself, or is inside others too often, stays one reference to ``$defs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.catalog.json_values import JSON_TYPES, pointer_to
from emitter.catalog.repairs import bounds, choices, keywords, members, types
from emitter.catalog.repairs.rule import NOTHING, Place, Repair, Rule, Schema, shown, without

if TYPE_CHECKING:
    from emitter.catalog.repairs.references import Found, References
    from emitter.catalog.repairs.rule import Steps

MAX_DEPTH: Final = 60
"""The most schemas inside each other; Zoom's deepest have about a dozen."""
MAX_COPIES: Final = 5_000
"""The most schemas that references of one event are replaced by; Zoom's largest event has two thousand."""
MAX_DEFS: Final = 500
"""The most schemas that references of one event may be left to lead to."""

SCHEMA_RULES: Final[tuple[Rule, ...]] = (
    keywords.MISSPELT,
    *keywords.VALUES,
    *members.SLIPPED,
    *types.RULES,
    keywords.UNKNOWN,
    *choices.RULES,
    *members.RULES,
    *bounds.RULES,
)

_MAPS: Final = ("properties", "patternProperties", "dependentSchemas")
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_ONES: Final = (
    "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_BRANCHES: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_OF_ITEMS: Final = frozenset({"items", "prefixItems", "contains", "unevaluatedItems"})
_ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"}
)
_TRUTHS: Final = {"true": True, "false": False}


class _At(NamedTuple):
    """Where the walk is: the way in the document, what is around, which references are being followed."""

    steps: Steps
    place: Place
    depth: int = 0
    followed: tuple[Steps, ...] = ()


class Walk:
    """Repairs one schema; made for it and thrown away.

    Attributes:
        repairs: What was repaired so far, in the order of finding, each place once.
    """

    def __init__(self, references: References) -> None:
        self.repairs: dict[Repair, None] = {}
        self._references = references
        self._names: dict[Steps, str] = {}
        self._waiting: list[tuple[str, Found]] = []
        self._copies = 0

    def repaired(self, schema: Any, *, steps: Steps, example: Any) -> Schema:
        """Return the schema with every part put right; the given one is not edited.

        Args:
            schema: What the document has there; any JSON value.
            steps: The way to it.
            example: What the document's example shows of its values, or `NOTHING`.
        """
        result = self._node(schema, _At(steps, Place(example)))
        defs: Schema = {}
        while self._waiting:
            name, found = self._waiting.pop()
            at = _At(found.steps, Place(), followed=(found.steps,))
            defs[name] = self._node(found.value, at)
        result = result if isinstance(result, dict) else {}
        return result | {"$defs": defs} if defs else result

    def report(self, rule: str, steps: Steps, message: str) -> None:
        """Note that something was repaired."""
        self.repairs[Repair(rule, pointer_to(steps), message)] = None

    def _node(self, node: Any, at: _At) -> Any:
        if isinstance(node, bool):
            return node
        if not isinstance(node, dict):
            return self._of_another_kind(node, at)
        if at.followed:
            self._copies += 1
        if at.depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} schemas lie inside each other; anything is allowed here"
            self.report("nested-too-deep", at.steps, message)
            return {}
        if "$ref" in node:
            return self._reference(node, at)
        return self._parts(self._by_rules(node, at), at)

    def _by_rules(self, schema: Schema, at: _At) -> Schema:
        for rule in SCHEMA_RULES:
            if not rule.keywords or not rule.keywords.isdisjoint(schema):
                fix = rule.repair(schema, at.place)
                if fix:
                    self.report(rule.id, (*at.steps, *fix.steps), fix.message)
                    schema = fix.schema
        return schema

    def _of_another_kind(self, node: Any, at: _At) -> Any:
        """Return what stands where a schema should: the name of a type, or nothing to be understood."""
        text = node.strip().lower() if isinstance(node, str) else ""
        if text in _TRUTHS:
            self.report("no-schema", at.steps, f"{shown(node)} is read without its quotes")
            return _TRUTHS[text]
        if text in JSON_TYPES:
            self.report("no-schema", at.steps, f"{shown(node)} is taken for a type")
            return self._node({"type": text}, at)
        self.report("no-schema", at.steps, f"{shown(node)} is no schema; anything is allowed here")
        return {}

    def _parts(self, schema: Schema, at: _At) -> Schema:
        result = {key: value for key, value in schema.items() if key not in keywords.HOLDS_REFERENCES}
        place = at.place
        for key in _MAPS:
            if key in result:
                parts = result[key]
                result[key] = {
                    name: self._part(each, at, (key, name), Place(place.inside(name), items=place.items))
                    for name, each in parts.items()
                }
        for key in _LISTS:
            if key in result:
                inner = _place_inside(key, schema, place)
                result[key] = [self._part(each, at, (key, i), inner) for i, each in enumerate(result[key])]
        for key in _ONES:
            if key in result:
                inner = _place_inside(key, schema, place)
                result[key] = self._part(result[key], at, (key,), inner)
        return result

    def _part(self, part: Any, at: _At, steps: Steps, place: Place) -> Any:
        return self._node(part, _At((*at.steps, *steps), place, at.depth + 1, at.followed))

    def _reference(self, node: Schema, at: _At) -> Any:
        """Return what a schema with a reference means: what it leads to, and what stands beside it."""
        beside, reference = without(node, "$ref"), node["$ref"]
        found = self._found(reference, at)
        if found is None:
            return self._node(beside, at)
        if found.steps in at.followed or self._is_enough(at):
            inside: Any = self._by_name(found, at)
        else:
            inside = self._node(
                found.value, _At(found.steps, at.place, at.depth + 1, (*at.followed, found.steps))
            )
        if not beside:
            return inside
        beside = self._node(beside, at)
        if isinstance(inside, dict) and (_ANNOTATIONS.issuperset(beside) or inside.keys().isdisjoint(beside)):
            return self._by_rules(inside | beside, at)
        return {"allOf": [inside, beside]}

    def _found(self, reference: Any, at: _At) -> Found | None:
        steps = (*at.steps, "$ref")
        found = self._references.find(reference) if isinstance(reference, str) else None
        if found is None:
            is_elsewhere = isinstance(reference, str) and not reference.startswith("#")
            why = "leads out of the document, and nothing is fetched" if is_elsewhere else "leads nowhere"
            rule = "reference-elsewhere" if is_elsewhere else "reference-nowhere"
            self.report(rule, steps, f"{shown(reference)} {why}; anything is allowed here")
            return None
        if found.message:
            self.report("reference-meant", steps, f"{shown(reference)} leads nowhere; {found.message}")
        if self._is_endless(found):
            self.report(
                "reference-loop", steps, f"{shown(reference)} leads to itself; anything is allowed here"
            )
            return None
        return found

    def _is_endless(self, found: Found) -> bool:
        """Say whether a reference leads from reference to reference and back."""
        seen: set[Steps] = set()
        step: Found | None = found
        while step is not None and isinstance(step.value, dict) and isinstance(step.value.get("$ref"), str):
            if step.steps in seen or len(seen) >= MAX_DEPTH:
                return True
            seen.add(step.steps)
            step = self._references.find(step.value["$ref"])
        return False

    def _is_enough(self, at: _At) -> bool:
        return at.depth >= MAX_DEPTH or self._copies >= MAX_COPIES

    def _by_name(self, found: Found, at: _At) -> Schema:
        """Return a reference to ``$defs``, where what was found will stand."""
        if found.steps not in self._names:
            if len(self._names) >= MAX_DEFS:
                message = f"more than {MAX_DEFS} schemas that cannot be copied; anything is allowed here"
                self.report("nested-too-deep", at.steps, message)
                return {}
            name = f"{len(self._names) + 1}-{found.steps[-1] if found.steps else 'root'!s}"
            name = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)[:80]
            self._names[found.steps] = name
            self._waiting.append((name, found))
        return {"$ref": f"#/$defs/{self._names[found.steps]}"}


def _place_inside(key: str, schema: Schema, place: Place) -> Place:
    """Return what is known of a schema under a keyword that is no map."""
    if key in _BRANCHES:
        return Place(place.example, place.outer | frozenset(schema.get("properties", ())), place.items)
    if key not in _OF_ITEMS:
        return Place(items=place.items)
    first = place.example[0] if isinstance(place.example, list) and place.example else NOTHING
    return Place(first, items=place.items * max(1, schema.get("minItems", 1)))
