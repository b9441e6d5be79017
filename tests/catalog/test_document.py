import copy
import json
import subprocess
import sys

import pytest

from emitter.catalog.document import bundled_document, bundled_overlay, merge
from emitter.errors import InvalidSpecError

DOCUMENT = {"webhooks": {"a.b": {"post": {"tags": ["x"], "n": 1}}, "c.d": {"post": {"tags": []}}}}


def overlay(target, update):
    return {"overlay": "1.0.0", "actions": [{"target": target, "update": update}]}


@pytest.mark.parametrize(
    ("target", "update", "expected"),
    [
        ("$.webhooks['a.b'].post", {"n": 2}, {"a.b": {"tags": ["x"], "n": 2}, "c.d": {"tags": []}}),
        (
            "$.webhooks['a.b'].post",
            {"new": {"k": 1}},
            {"a.b": {"tags": ["x"], "n": 1, "new": {"k": 1}}, "c.d": {"tags": []}},
        ),
        ("$.webhooks.*.post", {"n": 3}, {"a.b": {"tags": ["x"], "n": 3}, "c.d": {"tags": [], "n": 3}}),
        ("$['webhooks'][*]['post'].tags", "y", {"a.b": {"tags": ["x", "y"], "n": 1}, "c.d": {"tags": ["y"]}}),
        ("$.webhooks.*.post", {"tags": ["y"]}, {"a.b": {"tags": ["x", "y"], "n": 1}, "c.d": {"tags": ["y"]}}),
    ],
    ids=["replaces-a-value", "adds-a-key", "star", "appends-to-a-list", "appends-a-list"],
)
def test_an_action_merges_its_update_into_every_place_its_target_fits(target, update, expected):
    merged = merge(DOCUMENT, overlay(target, update))

    assert {name: item["post"] for name, item in merged["webhooks"].items()} == expected


def test_merging_edits_neither_document_nor_overlay():
    document, over = bundled_document(), bundled_overlay()
    before = copy.deepcopy((document, over))

    assert merge(document, over) != document
    assert (document, over) == before


def test_merging_keeps_the_order_of_keys():
    merged = merge(DOCUMENT, overlay("$.webhooks['a.b'].post", {"n": 2}))

    assert json.dumps(merged).replace('"n": 2', '"n": 1') == json.dumps(DOCUMENT)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (
            [{"target": "$.webhooks['x']", "update": {}}],
            "/actions/0/target: nothing in the document fits \"$.webhooks['x']\"",
        ),
        ([{"target": "webhooks", "update": {}}], "/actions/0/target: cannot read 'webhooks'"),
        ([{"target": "$..post", "update": {}}], "/actions/0/target: cannot read '$..post'"),
        ([{"target": "$", "update": {}}], "/actions/0/target: cannot read '$'"),
        ([{"target": 5, "update": {}}], "/actions/0/target: cannot read 5"),
        (
            [{"target": "$.webhooks", "remove": True, "update": {}}],
            "/actions/0: expected an action with a target and an update",
        ),
        (["x"], "/actions/0: expected an action with a target and an update"),
    ],
    ids=["fits-nothing", "no-dollar", "descendants", "nothing-named", "no-text", "removes", "no-action"],
)
def test_an_action_that_cannot_be_applied_is_refused(actions, message):
    with pytest.raises(InvalidSpecError) as caught:
        merge(DOCUMENT, {"actions": actions})

    assert str(caught.value).startswith(message)


def test_the_overlay_names_each_event_in_its_envelope():
    merged = merge(bundled_document(), bundled_overlay())

    for name, item in merged["webhooks"].items():
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema["properties"]["event"]["const"] == name


def test_the_overlay_says_which_times_are_milliseconds():
    merged = merge(bundled_document(), bundled_overlay())
    found = set()
    for name, item in merged["webhooks"].items():
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        inside = schema["properties"]["payload"]["properties"]["object"].get("properties", {})
        for key, each in (schema["properties"] | inside).items():
            if "x-unit" in each:
                assert each["x-unit"] == "milliseconds"
                assert each["type"] == "integer"
                found.add((name.rpartition(".")[2], key))

    assert found == {
        ("conversation_analysis_completed", "event_ts"),
        ("playlist_remove_moment", "event_ts"),
        ("playlist_remove_moment", "update_time"),
        ("playlist_add_moment", "event_ts"),
        ("playlist_add_moment", "update_time"),
        ("playlist_create", "event_ts"),
        ("playlist_create", "create_time"),
        ("post_comment_completed", "event_ts"),
        ("playlist_delete", "event_ts"),
        ("playlist_delete", "delete_time"),
        ("conversation_crm_associations_changed", "event_ts"),
    }


def test_the_overlay_leaves_the_responses_as_published():
    document, merged = bundled_document(), merge(bundled_document(), bundled_overlay())

    for name, item in document["webhooks"].items():
        assert merged["webhooks"][name]["post"]["responses"] == item["post"]["responses"]


def test_loading_the_catalog_imports_no_validator():
    script = (
        "import sys; from emitter.catalog.events import Catalog; Catalog.bundled();"
        "print([name for name in ('jsonschema_rs', 'yaml', 'faker', 'requests') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"
