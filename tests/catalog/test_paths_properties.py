import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.catalog.events import Catalog
from emitter.catalog.paths import known_paths, parse_assignment, set_value, unset
from emitter.errors import InvalidPayloadError, UnknownNameError

CATALOG = Catalog.bundled()
EXAMPLES: dict[str, Any] = {event.name: event.example for event in CATALOG}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
events = st.sampled_from(list(CATALOG))


def value_at(envelope, path):
    for step in path.replace("[", ".[").split("."):
        envelope = envelope[int(step[1:-1])] if step.startswith("[") else envelope[step]
    return envelope


@given(st.data(), events, json_values)
def test_what_was_set_is_there_and_nothing_else_changed(data, event, value):
    path = data.draw(st.sampled_from(known_paths(event.schema)))
    before = copy.deepcopy(EXAMPLES[event.name])

    after = set_value(EXAMPLES[event.name], path, value, event.schema, force=False)

    assert value_at(after, path) == value
    assert EXAMPLES[event.name] == before
    assert list(after) == list(before)
    assert set_value(after, path, value_at(before, path), event.schema, force=False) == before


@given(st.data(), events)
def test_what_was_unset_is_gone_and_comes_back_in_its_place(data, event):
    path = data.draw(st.sampled_from([each for each in known_paths(event.schema) if not each.endswith("]")]))
    before = copy.deepcopy(EXAMPLES[event.name])

    after = unset(EXAMPLES[event.name], path, event.schema, force=False)

    with pytest.raises(KeyError):
        value_at(after, path)
    assert EXAMPLES[event.name] == before
    assert unset(after, path, event.schema, force=False) == after
    back = set_value(after, path, value_at(before, path), event.schema, force=False)
    assert json.dumps(back) == json.dumps(before)


@given(events, st.text() | st.text("payload.object[]0\"'a"), json_values, st.booleans(), json_values)
def test_any_path_gives_an_envelope_or_a_documented_error(event, path, value, force, payload):
    envelope = EXAMPLES[event.name] | {"payload": payload}
    before = copy.deepcopy(envelope)

    for change in (
        lambda: set_value(envelope, path, value, event.schema, force=force),
        lambda: unset(envelope, path, event.schema, force=force),
    ):
        with contextlib.suppress(UnknownNameError, InvalidPayloadError):
            assert isinstance(change(), dict)
    assert envelope == before


@given(events, st.text())
def test_any_assignment_is_read_or_refused_with_a_documented_error(event, text):
    try:
        path, _ = parse_assignment(text, event.schema)
    except (UnknownNameError, InvalidPayloadError):
        return
    assert text.startswith(f"{path}=")
