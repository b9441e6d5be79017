"""Corpora of other documents than the bundled one: every set, valid and signed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation

SECRET = SecretToken(TEST_SECRET_TOKEN)
PUBLISHED = sorted((Path(__file__).parents[2].parent / "shared" / "specs").glob("*.json"))
ROOM = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {
        "id": {"type": "string"},
        "state": {"type": "string", "enum": ["open", "closed", "in repair"]},
        "seats": {"type": "integer", "minimum": 2, "maximum": 40},
        "topic": {"type": "string"},
        "owner_email": {"type": "string", "format": "email"},
        "guests": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
}
NAMES = ("room.opened", "room.closed")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus of a document of one's own, and that document."""
    folder = tmp_path_factory.mktemp("own")
    own = document(
        room__opened=operation(envelope(ROOM, name="room.opened")),
        room__closed=operation(envelope(ROOM, name="room.closed")),
    )
    (folder / "rooms.json").write_text(json.dumps(own), encoding="utf-8")
    line = ("--spec", str(folder / "rooms.json"), "corpus", "make", str(folder / "corpus"))
    result = zoom_emitter(*line, "--event", "room.*")
    assert result.status == 0, result.err
    return folder


def entries(folder):
    """Yield event, headers and exact body of all that Zoom would send."""
    for line in (folder / "corpus/realistic/events.jsonl").read_text(encoding="utf-8").splitlines():
        value = json.loads(line)
        yield value["event"], value["headers"], value["body"].encode()
    for entry in json.loads((folder / "corpus/coverage/index.json").read_bytes())["events"]:
        yield entry["event"], entry["headers"], (folder / "corpus/coverage" / entry["body"]).read_bytes()


def test_every_event_fits_its_schema_and_is_signed(made):
    validators = {name: jsonschema_rs.Draft202012Validator(envelope(ROOM, name=name)) for name in NAMES}
    counts: Counter[str] = Counter()
    for event, headers, body in entries(made):
        counts[event] += 1
        verify(SECRET, headers=headers, body=body)
        validators[event].validate(json.loads(body))

    assert set(counts) == {*NAMES}
    assert sum(counts.values()) > 200 + 2 * 15


def test_every_enum_value_and_optional_field_is_shown(made):
    files = (made / "corpus/coverage").glob("room.opened--*.body")
    variants = {path.name.partition("--")[2] for path in files}

    for state in ("open", "closed"):
        assert f"state-{state}.body" in variants
    for field in ("seats", "topic", "owner_email", "guests"):
        assert {f"only-{field}.body", f"without-{field}.body"} <= variants
    assert {"required-only.body", "all-fields.body", "guests-empty.body", "guests-long.body"} <= variants


def test_the_hostile_set_is_of_the_documents_events(made):
    cases = json.loads((made / "corpus/hostile/index.json").read_bytes())["cases"]
    bodies = [(made / "corpus/hostile" / request["body"]).read_bytes() for request in cases[0]["requests"]]

    assert len(cases) > 100
    assert all(json.loads(body)["event"] in NAMES for body in bodies)


def test_the_corpus_is_verified_with_its_document_only(made):
    spec, corpus = str(made / "rooms.json"), str(made / "corpus")
    whole = zoom_emitter("--spec", spec, "corpus", "verify", corpus)
    assert whole.status == 0, whole.text + whole.err
    assert "comes out the same when made again" in whole.text

    without = zoom_emitter("corpus", "verify", corpus)
    assert without.status == 1
    assert "unknown event 'room." in without.text
    assert "catalog_sha256" in without.err


def test_the_manifest_says_which_document_it_takes(made):
    manifest = json.loads((made / "corpus/manifest.json").read_bytes())

    assert "--spec rooms.json" in manifest["command"]


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED, reason="the published documents are not beside the repository")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_all_sets_of_a_published_document_are_valid_and_signed(tmp_path, path):
    line = ("--spec", str(path), "corpus")
    made = zoom_emitter(*line, "make", str(tmp_path / "corpus"))
    assert made.status == 0, made.err
    verified = zoom_emitter(*line, "verify", str(tmp_path / "corpus"))

    assert verified.status == 0, verified.text
    assert "comes out the same when made again" in verified.text
