from __future__ import annotations

import shlex
import sys

import pytest

from contracts.observers import CommandObserver, UrlObserver, number_in
from emitter.core.subscription import Subscription
from emitter.errors import ForbiddenTargetError, InvalidSettingError, UsageError
from tests.support.sockets import RawPeer, answers_and_closes, not_listening

SUBSCRIPTION = Subscription(url="http://127.0.0.1:1/", events=("*",), client_id="qgg8vlvZRS6UYooatFL8Aw")


def answering(status, body):
    return RawPeer(
        answers_and_closes(b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))
    )


def counting(program):
    return CommandObserver(shlex.join([sys.executable, "-c", program]))


@pytest.mark.parametrize("body", [b"7", b" 7\n", b'{"count": 7, "since": "x"}'])
def test_a_url_is_asked_with_get_for_a_number(body):
    with answering(b"200 OK", body) as peer:
        count = UrlObserver(f"{peer.url}effects?of=app", SUBSCRIPTION).count()

    assert count == 7
    assert peer.requests[0].startswith(b"GET /effects?of=app HTTP/1.1\r\nhost: 127.0.0.1:")


@pytest.mark.parametrize("status", [b"404 Not Found", b"500 Oops", b"302 Found"])
def test_a_url_that_does_not_answer_well_is_no_observer(status):
    with answering(status, b"7") as peer, pytest.raises(UsageError, match=f"status {status[:3].decode()}"):
        UrlObserver(peer.url, SUBSCRIPTION).count()


def test_a_url_where_nobody_is_is_no_observer():
    with not_listening() as sock, pytest.raises(UsageError, match="not to be asked: connection refused"):
        UrlObserver(f"http://127.0.0.1:{sock.getsockname()[1]}/", SUBSCRIPTION).count()


def test_an_observer_is_sent_to_where_the_receiver_may_be_only():
    with pytest.raises(ForbiddenTargetError):
        UrlObserver("http://169.254.169.254/", SUBSCRIPTION).count()
    with pytest.raises(InvalidSettingError):
        UrlObserver("effects", SUBSCRIPTION)


def test_a_url_is_shown_without_its_query():
    with answering(b"500 Oops", b"") as peer, pytest.raises(UsageError) as raised:
        UrlObserver(f"{peer.url}?token=canary", SUBSCRIPTION).count()

    assert "canary" not in str(raised.value)


def test_a_command_prints_a_number():
    assert counting("print(3)").count() == 3


def test_a_command_may_be_a_pipe():
    assert CommandObserver(f"{shlex.join([sys.executable, '-c', 'print(41)'])} | tr 1 2").count() == 42


def test_a_command_that_fails_says_why():
    with pytest.raises(UsageError, match="failed with status 3: no database"):
        counting("import sys; sys.exit(print('no database', file=sys.stderr) or 3)").count()


@pytest.mark.parametrize("text", ["", "three", "3 rows", "3.5", "true", "[3]", '{"rows": 3}', "[" * 9_999])
def test_what_is_no_number_is_refused_with_what_is_wanted(text):
    with pytest.raises(UsageError, match="whole number"):
        number_in(text, "the observer")
