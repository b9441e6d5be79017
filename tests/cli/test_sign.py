import re
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter

VECTORS = Path(__file__).parent.parent.parent / "fixtures" / "vectors"
EMOJI_BODY = VECTORS / "captured-meeting.started.body"
# Zoom's own signatures of July 2024.
EMOJI_SIGNATURE = "v0=1a14e79349318fa1bead50ebbd3c185ae078e182d3bbd30ab8010fcb7f4357c7"
CHALLENGE_SIGNATURE = "v0=93a1a675965ceb9c5a50c5dfb31f20e50f763be37a54ef74cd2d16a1a8e5c0d6"


@pytest.fixture(autouse=True)
def secret_token(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")


def test_the_captured_body_in_a_file_gets_zooms_signature():
    result = zoom_emitter("sign", "--timestamp", "1720707175", str(EMOJI_BODY))

    assert (result.status, result.text, result.err) == (0, f"{EMOJI_SIGNATURE}\n", "")


@pytest.mark.parametrize("dash", [("-",), ()], ids=["dash", "nothing"])
def test_the_body_comes_from_standard_input(dash):
    body = (VECTORS / "captured-url_validation.body").read_bytes()

    result = zoom_emitter("sign", "--timestamp", "1720705455", *dash, stdin=body)

    assert (result.status, result.text) == (0, f"{CHALLENGE_SIGNATURE}\n")


def test_a_line_feed_at_the_end_of_the_body_is_signed_too():
    result = zoom_emitter("sign", "--timestamp", "1720707175", stdin=EMOJI_BODY.read_bytes() + b"\n")

    assert result.text != f"{EMOJI_SIGNATURE}\n"
    assert result.status == 0


def test_both_header_lines_are_printed_ready_to_be_sent():
    result = zoom_emitter("sign", "--timestamp", "1720707175", "--headers", str(EMOJI_BODY))

    assert result.text == f"x-zm-request-timestamp: 1720707175\nx-zm-signature: {EMOJI_SIGNATURE}\n"


@pytest.mark.parametrize(
    "options", [("--headers",), ("--headers", "--timestamp", "now")], ids=["default", "now"]
)
def test_the_present_second_is_signed_where_it_can_be_seen(options):
    result = zoom_emitter("sign", *options, stdin=b"{}")

    assert re.fullmatch(r"x-zm-request-timestamp: \d{10}\nx-zm-signature: v0=[0-9a-f]{64}\n", result.text)


def test_signed_headers_verify():
    (Path.cwd() / "request.headers").write_bytes(zoom_emitter("sign", "--headers", stdin=b"{}").out)

    result = zoom_emitter("verify", "--headers", "request.headers", "-", "--tolerance", "300s", stdin=b"{}")

    assert result.status == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "sign wants --timestamp N, or --headers to see which second was signed"),
        (("--timestamp", "soon"), "the timestamp 'soon' is not whole seconds since the epoch, nor now"),
        (("--timestamp", "-1"), "the timestamp '-1' is not whole seconds"),
        (("--timestamp", ""), "the timestamp '' is not whole seconds"),
        (("--timestamp", "٣"), "is not whole seconds"),
    ],
    ids=["none", "word", "negative", "empty", "arabic digit"],
)
def test_a_timestamp_that_cannot_be_signed_is_refused(options, words):
    result = zoom_emitter("sign", *options, stdin=b"{}")

    assert (result.status, result.out) == (2, b"")
    assert result.err.startswith("error: ")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_milliseconds_are_signed_with_a_remark():
    result = zoom_emitter("sign", "--timestamp", "1720707175904", stdin=b"{}")

    assert result.status == 0
    assert result.err == "note: 1720707175904 looks like milliseconds; Zoom signs seconds\n"


def test_a_file_that_is_not_there_is_named():
    result = zoom_emitter("sign", "--timestamp", "1", "no-such.body")

    assert result.status == 2
    assert "no-such.body" in result.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("4fv1RkqGQUq5sWbEz6hA5A \n", "white space at its ends"),
    ],
    ids=["empty", "space at the end"],
)
def test_a_secret_token_that_cannot_be_one_is_refused_without_being_shown(content, words):
    Path("secret").write_text(content, encoding="utf-8")

    result = zoom_emitter("sign", "--timestamp", "1", "--secret-token-file", "secret", stdin=b"{}")

    assert result.status == 2
    assert words in result.err
    assert "4fv1" not in result.err


def test_a_missing_secret_token_is_told_with_the_way_out(monkeypatch):
    monkeypatch.delenv("ZOOM_WEBHOOK_SECRET_TOKEN")

    result = zoom_emitter("sign", "--timestamp", "1", stdin=b"{}")

    assert result.status == 2
    assert "set it, or give --secret-token-file FILE" in result.err


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("token", "another\n", ("--secret-token-file", "token")),
        (".env", "ZOOM_WEBHOOK_SECRET_TOKEN=another\n", ("--env-file", ".env")),
        ("zoom-emitter.toml", 'secret-token-env = "ELSEWHERE"\n', ()),
    ],
    ids=["file", "env-file", "settings"],
)
def test_the_secret_token_comes_from_where_it_is_said_to_be(name, content, options, monkeypatch):
    monkeypatch.setenv("ELSEWHERE", "another")
    Path(name).write_text(content, encoding="utf-8")

    result = zoom_emitter("sign", "--timestamp", "1720707175", *options, stdin=EMOJI_BODY.read_bytes())

    # printf 'v0:1720707175:' | cat - captured-meeting.started.body | openssl dgst -sha256 -hmac another
    assert result.text == "v0=75567c16b57dfd8351f163f07a7e45b49dffe0a741c9f4d23d4fd3120d9e59ba\n"
