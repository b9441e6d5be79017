"""``[world]`` of the settings: what a receiver knows is all that it is told of."""

from __future__ import annotations

import json

import pytest
from flask import Flask, Response, request

from emitter.app.sample_receiver import reply_to
from emitter.core.secrets import SecretToken
from emitter.delivery.clock import SystemClock
from tests.support.command import zoom_emitter
from tests.support.servers import serve

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
ACCOUNTS = ("Yd0bkEeAT8q1WQyfsUfvTg", "2XI9bLD5QsK7wCm0hG8bgw")
USERS = {"SbTLhb7iL1zqEUC44p-2Yw": "jane.doe@example.com", "JDmsT9b60ws9MaEI3hMiVQ": "li@example.org"}
CONVERSATIONS = ("gd/Ak8S0JNJgJgJ073jYtA==,1767568417000", "981388015d3c779a79c13ee14533a1b7")
PLAYLISTS = ("b6633576-076e-4d69-8026-ec9c5cb4caec",)
WORLD = {
    "accounts": [*ACCOUNTS],
    "users": [{"id": id_, "email": email} for id_, email in USERS.items()],
    "conversations": [*CONVERSATIONS],
    "playlists": [*PLAYLISTS],
}
SETTINGS = f"""
[world]
accounts = {json.dumps(ACCOUNTS)}
conversations = {json.dumps(CONVERSATIONS)}
playlists = {json.dumps(PLAYLISTS)}
[[world.users]]
id = "SbTLhb7iL1zqEUC44p-2Yw"
email = "jane.doe@example.com"
name = "Jane Doe"
[[world.users]]
id = "JDmsT9b60ws9MaEI3hMiVQ"
email = "li@example.org"
"""


def unknown_in(envelope):
    """Return what an event tells of that the receiver has no record of."""
    payload = envelope["payload"]
    objects = payload["object"] if isinstance(payload["object"], list) else [payload["object"]]
    told = [("account", payload["account_id"], ACCOUNTS), ("operator", payload.get("operator_id"), USERS)]
    told.append(("address", payload.get("operator"), USERS.values()))
    for each in objects:
        told.append(("host", each.get("host_id"), USERS))
        told.append(("conversation", each.get("conversation_id"), CONVERSATIONS))
        told.append(("playlist", each.get("playlist_id"), PLAYLISTS))
    return [kind for kind, value, known in told if value is not None and value not in known]


def choosy_app():
    """Return a receiver that accepts nothing about anybody it does not know."""
    app = Flask(__name__)
    app.config["refused"] = []

    @app.post("/")
    def receive():
        now_s = SystemClock().now_ms() // 1000
        reply = reply_to(
            headers=dict(request.headers),
            body=request.get_data(),
            secret_token=SecretToken(SECRET),
            now_s=now_s,
        )
        try:
            unknown = unknown_in(json.loads(request.get_data())) if reply.status == 204 else []
        except (KeyError, TypeError, AttributeError):  # of signed nonsense, which may be refused
            unknown = ["nothing"]
        if unknown:
            app.config["refused"].append(unknown)
            return Response(status=404)
        return Response(reply.text, status=reply.status, content_type="application/json")

    return app


@pytest.fixture
def app():
    return choosy_app()


@pytest.fixture
def url(app):
    with serve(app) as url:
        yield f"{url}/"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    return tmp_path


@pytest.fixture
def world(folder):
    (folder / "zoom-emitter.toml").write_text(SETTINGS, encoding="utf-8")


STORY = ("emit", "--story", "playlist-and-conversation", "--count", "2", "--seed", "1")


def test_a_receiver_that_refuses_strangers_refuses_what_is_made_up(url, app):
    assert zoom_emitter(*STORY, "--to", url).status == 1
    assert all("account" in unknown for unknown in app.config["refused"]), app.config["refused"]


@pytest.mark.usefixtures("world")
def test_a_receiver_that_refuses_strangers_accepts_the_stories_of_its_world(url, app):
    result = zoom_emitter(*STORY, "--to", url)

    assert result.status == 0, result.err
    assert app.config["refused"] == []
    assert zoom_emitter("emit", "*", "--count", "3", "--seed", "2", "--to", url).status == 0


@pytest.mark.usefixtures("world")
def test_stories_happen_in_the_known_accounts_in_turn():
    line = ("emit", "playlist_create", "--count", "2", "--seed", "1", "--dry-run", "--json")
    made = zoom_emitter(*line, "--to", "http://localhost:3000/").json_lines

    assert [json.loads(each["body"])["payload"]["account_id"] for each in made] == [*ACCOUNTS]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("depth", ["quick", pytest.param("default", marks=pytest.mark.slow)])
def test_the_judge_tells_of_nobody_else(url, depth):
    result = zoom_emitter("check", url, "--no-cache", "--depth", depth)

    assert result.status == 0, result.text + result.err


@pytest.mark.usefixtures("world")
def test_a_corpus_tells_of_nobody_else_and_its_manifest_says_of_whom(folder):
    assert zoom_emitter("corpus", "make", "corpus", "--set", "realistic", "--set", "coverage").status == 0
    lines = (folder / "corpus/realistic/events.jsonl").read_text(encoding="utf-8").splitlines()
    envelopes = [json.loads(json.loads(line)["body"]) for line in lines]
    index = json.loads((folder / "corpus/coverage/index.json").read_bytes())["events"]
    likely = [each["body"] for each in index if each["plausible"]]
    envelopes += [json.loads((folder / "corpus/coverage" / name).read_bytes()) for name in likely]

    assert [unknown for each in envelopes if (unknown := unknown_in(each))] == []
    assert {each["payload"]["account_id"] for each in envelopes} == {*ACCOUNTS}
    settings = json.loads((folder / "corpus/manifest.json").read_bytes())["settings"]
    assert settings["world"]["accounts"] == WORLD["accounts"]
    assert [user["id"] for user in settings["world"]["users"]] == [*USERS]
    (folder / "zoom-emitter.toml").unlink()
    verified = zoom_emitter("corpus", "verify", "corpus")
    assert verified.status == 0, verified.text
    assert "comes out the same when made again" in verified.text


def test_known_people_alone_are_told_of_by_scripts_too(folder):
    (folder / "zoom-emitter.toml").write_text(
        '[[world.users]]\nid = "SbTLhb7iL1zqEUC44p-2Yw"\nemail = "jane@example.com"\n'
        'name = "Jane \\"J\\" Doe"\n',
        encoding="utf-8",
    )
    out = zoom_emitter("corpus", "make", "-", "--events", "300").json_lines
    bodies = [json.loads(line["body"]) for line in out]

    told = {body["payload"]["operator"] for body in bodies if "operator" in body["payload"]}
    assert told == {"jane@example.com"}
    assert any('@Jane "J" Doe' in str(body["payload"]["object"]) for body in bodies)


@pytest.mark.usefixtures("world")
def test_the_truth_of_a_stream_wants_playlists_of_its_own():
    result = zoom_emitter("corpus", "make", "corpus", "--events", "50", "--late", "1%")

    assert result.status == 2
    assert "leave them out of [world]" in result.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("world = 3", "world is not a table"),
        ('[world]\naccount = ["a"]', "world has 'account'; it takes accounts, users"),
        ('[world]\naccounts = "a"', "world.accounts is 'a'; expected a list"),
        ("[world]\naccounts = [3]", "world.accounts has 3; expected an id"),
        ('[world]\nplaylists = [""]', "world.playlists has ''; expected an id"),
        ('[[world.users]]\nid = "a"', "expected id, email and, if you like, name"),
        ('[[world.users]]\nid = "a"\nemail = "nobody"', "an address with @"),
        ('[wolrd]\naccounts = ["a"]', "did you mean 'world'"),
    ],
)
def test_a_world_that_cannot_be_read_is_one_clear_line(folder, text, message):
    (folder / "zoom-emitter.toml").write_text(text, encoding="utf-8")
    result = zoom_emitter("emit", "playlist_create", "--to", "http://localhost:3000/", "--dry-run")

    assert result.status == 2
    assert message in result.err
    assert len(result.err.splitlines()) == 1
