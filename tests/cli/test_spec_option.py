"""``--spec FILE`` for every command, and ``spec lint``."""

from __future__ import annotations

import json
import os

import pytest

from emitter.cli.main import COMMANDS
from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
PERSON = {
    "type": "object",
    "required": ["id", "email"],
    "properties": {"id": {"type": "string"}, "email": {"type": "string"}, "type": {"type": "long"}},
}


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.json"
    item = operation(envelope(PERSON, name="user.created"), summary="Somebody is new.")
    path.write_text(json.dumps(document(title="Users", user__created=item)), encoding="utf-8")
    return path


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.json"
    item = operation(envelope({"type": "string"}, name="room.opened"))
    path.write_text(json.dumps(document(title="Rooms", room__opened=item)), encoding="utf-8")
    return path


def names(*arguments):
    done = zoom_emitter(*arguments)
    assert done.status == 0, done.err
    return [event["name"] for event in json.loads(done.out)][7:]


def test_documents_are_named_before_and_after_the_command_s_name(users, rooms):
    both = ["user.created", "room.opened"]

    assert names("--spec", str(users), "--spec", str(rooms), "events", "list", "--json") == both
    assert names("--spec", str(users), "events", "list", "--spec", str(rooms), "--json") == both
    assert names("events", "list", "--json", "--spec", str(users), "--spec", str(rooms)) == both
    assert names("events", "--spec", str(users), "list", "--json", "--spec", str(rooms)) == both
    assert names("events", "list", "--json") == []


def test_flags_win_over_the_variable_and_that_over_the_settings(users, rooms, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zoom-emitter.toml").write_text('spec = ["users.json"]\n', encoding="utf-8")
    assert names("events", "list", "--json") == ["user.created"]

    monkeypatch.setenv("ZOOM_EMITTER_SPEC", str(rooms))
    assert names("events", "list", "--json") == ["room.opened"]

    monkeypatch.setenv("ZOOM_EMITTER_SPEC", f"{rooms}{os.pathsep}{users}")
    assert names("events", "list", "--json") == ["room.opened", "user.created"]
    assert names("--spec", str(users), "events", "list", "--json") == ["user.created"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_knows_the_option(name):
    help_text = zoom_emitter(name, "--help").text

    assert "--spec" in help_text


def test_events_list_groups_by_product_where_there_are_several(users):
    lines = zoom_emitter("events", "list", "--spec", str(users)).text.splitlines()

    assert lines[0] == "Zoom Revenue Accelerator Webhooks"
    assert lines[1].startswith("  revenue_accelerator.conversation_analysis_completed ")
    assert lines[-3:] == ["", "Users", "  user.created  Somebody is new."]


def test_events_show_and_spec_show_know_the_document(users):
    shown = zoom_emitter("--spec", str(users), "events", "show", "user.created").text
    described = zoom_emitter("--spec", str(users), "spec", "show").text
    printed = zoom_emitter("--spec", str(users), "spec", "show", "--json").out

    assert "      type   integer (int64)." in shown
    assert described == "Users\nversion 1, OpenAPI 3.1.0, 1 events\n\n  user.created  Somebody is new.\n"
    assert json.loads(printed) == json.loads(users.read_bytes())


def test_emit_sends_events_of_the_document(users, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    from emitter.core.secrets import SecretToken  # noqa: PLC0415 - with the variable set

    with Receiver(SecretToken(SECRET)) as receiver:
        done = zoom_emitter(
            *("emit", "user.created", "--to", receiver.url, "--no-validate", "--spec", str(users)),
            *("--override", "email=a@example.com", "--unset", "type"),
        )

    assert done.status == 0, done.err
    sent = json.loads(receiver.arrivals[0].body)
    assert sent["event"] == "user.created"
    assert sent["payload"]["object"]["email"] == "a@example.com"
    assert "type" not in sent["payload"]["object"]


def test_a_wrong_path_gets_the_nearest_of_the_document(users, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    done = zoom_emitter(
        *("--spec", str(users), "emit", "user.created", "--to", "http://localhost:9/"),
        *("--override", "emial=x", "--dry-run"),
    )

    assert (done.status, done.out) == (2, b"")
    assert "did you mean 'payload.object.email'?" in done.err


def test_documents_that_differ_are_told_and_the_last_counts(users, tmp_path):
    other = tmp_path / "other.json"
    item = operation(envelope({"type": "string"}, name="user.created"))
    other.write_text(json.dumps(document(title="Other", user__created=item)), encoding="utf-8")

    differing = zoom_emitter("events", "list", "--spec", str(users), "--spec", str(other), "--json")
    same = zoom_emitter("events", "list", "--spec", str(users), "--spec", str(users), "--json")

    assert differing.err == "note: users.json and other.json differ on user.created; other.json counts\n"
    assert json.loads(differing.out)[-1]["product"] == "Other"
    assert same.err == ""


def test_an_event_that_cannot_be_read_is_told_and_the_others_are_there(tmp_path):
    path = tmp_path / "things.json"
    given = document(a__b=operation(envelope({}, name="a.b")), c__d={"post": 5})
    path.write_text(json.dumps(given), encoding="utf-8")

    done = zoom_emitter("--spec", str(path), "events", "list", "--json")

    assert json.loads(done.out)[-1]["name"] == "a.b"
    assert done.err.startswith("note: things.json: /webhooks/c.d/post: expected an object here")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "error: cannot read {path}: No such file or directory; name a webhook document\n"),
        (
            b"{",
            "error: {path}: line 1, column 2: not JSON: expecting property name enclosed in double quotes\n",
        ),
        (b'{"webhooks": {}}', "error: {path}: /webhooks: expected an object here"),
        (b'{"asyncapi": "3.0.0"}', "error: {path}: /asyncapi: this is AsyncAPI, which is not read"),
    ],
    ids=["missing", "broken", "no-events", "asyncapi"],
)
def test_what_is_no_document_is_told_with_file_and_place(content, message, tmp_path):
    path = tmp_path / "it.json"
    if content is not None:
        path.write_bytes(content)

    for arguments in (("events", "list", "--spec", str(path)), ("spec", "lint", str(path))):
        done = zoom_emitter(*arguments)
        assert (done.status, done.out) == (2, b"")
        assert done.err.startswith(message.format(path=path))


def test_lint_lists_each_repair_below_its_rule(users):
    done = zoom_emitter("spec", "lint", str(users))

    assert done.status == 1
    assert done.text.splitlines() == [
        "unknown-type (1): a type that is none of JSON's seven; the type its words mean counts "
        "(long: an integer of 64 bits), any type where they mean none",
        "  /webhooks/user.created/post/requestBody/content/application~1json/schema/properties/payload"
        "/properties/object/properties/type/type: 'long' is no type; taken for integer",
    ]
    assert done.err == "events that can be used: 1; places repaired: 1\n"


def test_lint_can_be_read_by_a_program(users):
    found = json.loads(zoom_emitter("spec", "lint", str(users), "--json").out)

    assert [sorted(one) for one in found] == [["message", "pointer", "rule"]]


def test_lint_of_a_document_as_it_should_be_is_all_well(rooms):
    done = zoom_emitter("spec", "lint", str(rooms))

    assert (done.status, done.text) == (0, "nothing to repair\n")


def test_lint_reads_yaml_too(tmp_path):
    path = tmp_path / "things.yaml"
    path.write_text(
        "info: {title: T}\nwebhooks:\n  a.b:\n    post:\n      requestBody:\n        content:\n"
        "          application/json: {schema: {$ref: '#/components/schemas/E'}}\n"
        "components: {schemas: {E: {type: object, required: [event], properties: {event: {const: a.b}}}}}\n",
        encoding="utf-8",
    )

    assert zoom_emitter("spec", "lint", str(path)).status == 0


def test_the_prose_page_is_a_document_too(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(
        "Things\n- OpenAPI Version:\n3.1.0 - API Version:\n1\nOperations\nPOST thing.made\n"
        "- Method:\nPOST - Path:\nthing.made\nRequest Body\nContent-Type: application/json\n-\neventstring\n"
        "Example:\n{}\nResponses\nStatus: 200\n",
        encoding="utf-8",
    )

    assert names("--spec", str(path), "events", "list", "--json") == ["thing.made"]


def test_what_a_document_says_reaches_the_terminal_as_one_line_of_plain_text(tmp_path):
    path = tmp_path / "things.json"
    schema = envelope({"type": "string", "description": "first\n\nsecond\x1b[31m"}, name="a.b")
    item = operation(schema, summary="red\x1b[31m\nline")
    path.write_text(json.dumps(document(title="T\x07", a__b=item)), encoding="utf-8")

    listed = zoom_emitter("--spec", str(path), "events", "list").text
    shown = zoom_emitter("--spec", str(path), "events", "show", "a.b").text

    assert listed.splitlines()[-2:] == ["T", "  a.b  red[31m line"]
    assert "string, required. first second[31m\n" in shown
    assert "\x1b" not in shown


def test_a_payload_of_one_s_own_is_put_into_the_envelope_that_the_schema_wants(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    schema = envelope({"type": "string"}, name="room.opened")
    schema["properties"]["event_ts"] = {"type": "string"}
    path, payload = tmp_path / "rooms.json", tmp_path / "payload.json"
    path.write_text(json.dumps(document(room__opened=operation(schema))), encoding="utf-8")
    payload.write_text('{"account_id": "a", "object": "b"}', encoding="utf-8")

    done = zoom_emitter(
        *("--spec", str(path), "emit", "room.opened", "--to", "http://localhost:9/", "--dry-run"),
        *("--payload", str(payload), "--override", "object=c"),
    )

    assert done.status == 0, done.err
    sent = json.loads(done.text.rpartition("\r\n\r\n")[2])
    assert sent["event_ts"].isdigit()
    assert sent["payload"] == {"account_id": "a", "object": "c"}
