from __future__ import annotations

from typing import Any

import pytest

from emitter.catalog.changes import changed
from emitter.catalog.events import Catalog
from emitter.errors import UnknownNameError

CREATE = Catalog.bundled().find("playlist_create")
ENVELOPE: dict[str, Any] = {
    "event": CREATE.name,
    "payload": {"account_id": "a", "object": {"playlist_name": "Old", "playlist_id": "p"}},
}


def make(event_type=CREATE, *, overrides=(), unset_paths=(), force=False):
    return changed(event_type, ENVELOPE, overrides=overrides, unset_paths=unset_paths, force=force)


def test_values_are_set_in_order_then_paths_are_taken_out():
    after = make(
        overrides=[("playlist_name", "One"), ("playlist_name", "Two"), ("playlist_id", "q")],
        unset_paths=["playlist_id"],
    )

    assert after["payload"]["object"] == {"playlist_name": "Two"}
    assert ENVELOPE["payload"]["object"]["playlist_name"] == "Old"


def test_nothing_to_change_changes_nothing():
    assert make() == ENVELOPE


@pytest.mark.parametrize(
    "change", [{"overrides": [("playlist_nam", "x")]}, {"unset_paths": ["playlist_nam"]}]
)
def test_a_path_the_event_does_not_have_is_named_with_the_nearest(change):
    with pytest.raises(UnknownNameError, match="playlist_name"):
        make(**change)


def test_force_takes_any_path():
    assert make(overrides=[("payload.new", 1)], force=True)["payload"]["new"] == 1


def test_an_event_of_no_known_kind_has_no_paths_but_forced_ones():
    with pytest.raises(UnknownNameError):
        make(None, overrides=[("payload.account_id", "b")])

    assert make(None, overrides=[("payload.account_id", "b")], force=True)["payload"]["account_id"] == "b"
