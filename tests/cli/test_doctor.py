from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right
from tests.support.receivers.serving import receivers_served
from tests.support.sockets import not_listening
from tests.support.wheel import ROOT


@pytest.fixture(scope="module")
def receivers():
    with receivers_served() as served:
        yield served


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


def examined(*arguments):
    """Return the exit status and what was said, by thing."""
    result = zoom_emitter("doctor", "--json", *arguments)
    value = json.loads(result.text)
    assert value["status"] == result.status
    return result.status, {each["name"]: each for each in value["examinations"]}


def test_all_is_well_where_a_receiver_answers_rightly(receivers, secret):
    status, found = examined(receivers.add(right))

    assert status == 0
    assert [each["state"] for each in found.values()] == ["ok"] * 8
    assert found["secret"]["text"] == "found: environment ZOOM_WEBHOOK_SECRET_TOKEN"
    assert SECRET_TOKEN.reveal() not in json.dumps(found)


def test_without_a_receiver_a_missing_secret_is_a_warning_with_what_to_do():
    status, found = examined()

    assert (status, found["secret"]["state"]) == (0, "warning")
    assert "export ZOOM_WEBHOOK_SECRET_TOKEN=" in found["secret"]["remedy"]
    assert "clock" in found


def test_a_wrong_answer_to_the_challenge_is_named(receivers, secret):
    status, found = examined(receivers.add(lambda _: Answer(200, "{}")))

    assert (status, found["handshake"]["state"]) == (1, "problem")
    assert found["receiver"]["state"] == "ok"
    assert found["handshake"]["remedy"]


def test_a_receiver_that_is_not_there_is_3_and_wrong_surroundings_are_2(secret, monkeypatch):
    with not_listening() as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        alone, found = examined(url)
        monkeypatch.delenv("ZOOM_WEBHOOK_SECRET_TOKEN")
        both, _ = examined(url)

    assert (alone, both) == (3, 2)
    assert "connection refused" in found["receiver"]["text"]


def test_a_clock_that_is_wrong_is_told_by_how_much(receivers, secret):
    def yesterday(asked):
        answer = right(asked)
        return Answer(answer.status, answer.body, (("date", "Mon, 01 Jan 2024 00:00:00 GMT"),))

    status, found = examined(receivers.add(yesterday))

    assert (status, found["clock"]["state"]) == (2, "problem")
    assert "behind" in found["clock"]["text"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("timeoutt = 1", "timeoutt"), ('[check]\ndeph = "deep"', "deph"), ("[receivers.app]", "no url")],
)
def test_settings_that_cannot_be_read_are_a_problem_and_the_rest_is_still_looked_at(text, says):
    Path("zoom-emitter.toml").write_text(text, encoding="utf-8")
    status, found = examined()

    assert (status, found["settings"]["state"]) == (2, "problem")
    assert says in found["settings"]["text"]
    assert found["database"]["state"] == "ok"


def test_receivers_of_the_settings_are_looked_at_by_themselves(receivers, monkeypatch):
    monkeypatch.setenv("APP", SECRET_TOKEN.reveal())
    Path("zoom-emitter.toml").write_text(
        f'[receivers.app]\nurl = "{receivers.add(right)}"\nsecret-token-env = "APP"\n', encoding="utf-8"
    )
    status, found = examined()

    assert status == 0
    assert found["handshake"]["state"] == "ok"


def test_a_receiver_that_check_starts_is_not_asked():
    Path("zoom-emitter.toml").write_text(
        '[receivers.app]\nurl = "http://localhost:9/"\nstart = "npm start"\n', encoding="utf-8"
    )
    status, found = examined()

    assert (status, found["receiver"]["text"]) == (0, "app is started by `zoom-emitter check app`")


def test_a_record_that_is_none_is_a_problem_and_none_is_made():
    Path("other.sqlite").write_bytes(b"no record at all, but a text that someone wrote\n" * 100)
    status, found = examined("--database", "other.sqlite")
    nowhere, _ = examined("--database", "nowhere/record.sqlite")
    unmade, _ = examined("--database", "new.sqlite")

    assert (status, nowhere, unmade) == (2, 2, 0)
    assert found["database"]["remedy"]
    assert not Path("new.sqlite").exists()


def test_people_read_lines_with_what_to_do_below():
    result = zoom_emitter("doctor")

    assert result.text.startswith("ok      python     3.")
    assert "\n        do         export ZOOM_WEBHOOK_SECRET_TOKEN=" in result.text


def test_the_page_shows_what_is_shown(secret):
    page = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```console\n\$ zoom-emitter (doctor .*?)```", page, re.DOTALL)
    command, *lines = block.splitlines()
    with not_listening() as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks/zoom"
        said = zoom_emitter("doctor", url).text.replace(url, command.split()[1])

    assert len(said.splitlines()) == len(lines)
    for line, shown in zip(said.splitlines(), lines, strict=True):
        assert re.fullmatch(re.escape(shown).replace("…", ".*"), line)
