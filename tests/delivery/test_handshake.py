import ssl
from random import Random

import pytest
import trustme
from flask import Flask, request

from emitter.core.diagnosis import Suspects
from emitter.core.handshake import ChallengeKind
from emitter.core.secrets import Secret, SecretToken
from emitter.core.signing import verify
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, NoAuth, OAuth, Subscription
from emitter.core.targets import TargetPolicy
from emitter.delivery.clock import ManualClock
from emitter.delivery.handshake import perform_handshake
from emitter.delivery.http import HttpTransport
from emitter.errors import ForbiddenTargetError
from tests.support.receivers.challenged import SECRET_TOKEN, VERIFICATION_TOKEN, Challenge, answering, right
from tests.support.receivers.handshake_mistakes import (
    CORRECT,
    MISTAKEN,
    TOLERATED,
    TWICE_MISTAKEN,
    id_of,
    remembered,
)
from tests.support.servers import serve
from tests.support.sockets import RawPeer, closes_unanswered, not_listening, resets

NOW_MS = 1720705455858
SUSPECTS = Suspects(verification_token=Secret(VERIFICATION_TOKEN))


def shake(url, *, timeout_s=3.0, auth=None, probes_unsigned=True, insecure=False):
    return perform_handshake(
        Subscription(url=url, timeout_s=timeout_s, auth=auth or NoAuth(), client_id="aB3_-fGhIjKlMnOpQrStUw"),
        secret_token=SecretToken(SECRET_TOKEN),
        transport=HttpTransport(policy=TargetPolicy(), insecure=insecure),
        clock=ManualClock(NOW_MS),
        rng=Random(1),  # noqa: S311 - ids, not secrets
        probes_unsigned=probes_unsigned,
        suspects=SUSPECTS,
    )


def mistakes_of(handshake):
    return tuple(mistake.id for mistake in handshake.verdict.mistakes)


def warnings_of(handshake):
    return tuple(warning.id for warning in handshake.verdict.warnings)


class Recorder:
    """A correct receiver that keeps what arrives."""

    def __init__(self):
        self.arrivals = []
        self.app = Flask(__name__)
        self.app.add_url_rule("/<path:path>", view_func=self.answer, methods=["POST"])

    def answer(self, path):  # noqa: ARG002 - any will do
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.get_data()
        self.arrivals.append((headers, body, request.full_path))
        return right(Challenge(body, headers)), 200


@pytest.mark.parametrize("name", MISTAKEN)
def test_each_mistaken_receiver_gets_its_own_diagnosis(name):
    timeout_s = 0.25 if id_of(name) == "late-answer" else 3.0
    with serve(MISTAKEN[name]) as url:
        handshake = shake(url, timeout_s=timeout_s)

    assert not handshake.verdict.is_valid
    assert mistakes_of(handshake) == (id_of(name),)
    assert handshake.probes == ()


@pytest.mark.parametrize("expected", TWICE_MISTAKEN, ids=" and ".join)
def test_receivers_with_several_mistakes_get_them_all(expected):
    with serve(TWICE_MISTAKEN[expected]) as url:
        assert mistakes_of(shake(url)) == expected


@pytest.mark.parametrize("name", CORRECT)
def test_correct_receivers_pass_without_a_word(name):
    with serve(CORRECT[name]) as url:
        handshake = shake(url)

    assert handshake.verdict.is_valid
    assert (mistakes_of(handshake), warnings_of(handshake)) == ((), ())


@pytest.mark.parametrize("name", TOLERATED)
def test_tolerated_receivers_pass_with_their_own_warning(name):
    with serve(TOLERATED[name]) as url:
        handshake = shake(url)

    assert handshake.verdict.is_valid
    assert warnings_of(handshake) == (id_of(name),)


@pytest.mark.parametrize("name", remembered())
def test_a_receiver_that_keeps_its_first_answer_passes_with_a_warning(name):
    with serve(remembered()[name]) as url:
        handshake = shake(url)

    assert handshake.verdict.is_valid
    assert warnings_of(handshake) == ("remembered-answer",)


def test_nothing_listening_is_no_connection():
    with not_listening() as holder:
        handshake = shake(f"http://127.0.0.1:{holder.getsockname()[1]}/")

    assert mistakes_of(handshake) == ("no-connection",)
    assert handshake.answer is None


@pytest.mark.parametrize("behave", [closes_unanswered, resets], ids=["closed", "reset"])
def test_a_connection_that_ends_unanswered_is_a_broken_answer(behave):
    with RawPeer(behave) as peer:
        assert mistakes_of(shake(peer.url)) == ("broken-answer",)


def test_https_spoken_to_by_http_is_told_as_no_answer():
    with RawPeer(lambda connection: connection.send(b"\x15\x03\x01\x00\x02\x02\x46")) as peer:
        assert mistakes_of(shake(peer.url)) == ("broken-answer",)


@pytest.mark.parametrize("insecure", [False, True], ids=["checked", "insecure"])
def test_a_certificate_of_an_unknown_authority_is_untrusted(insecure):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serve(CORRECT["plain"], ssl_context=context) as url:
        handshake = shake(url, insecure=insecure)

    assert mistakes_of(handshake) == (() if insecure else ("untrusted-certificate",))


def test_the_challenge_is_signed_and_carries_zooms_headers():
    recorder = Recorder()
    with serve(recorder.app) as url:
        handshake = shake(f"{url}/web/hooks?key=1", probes_unsigned=False)

    ((headers, body, path),) = recorder.arrivals
    assert handshake.verdict.is_valid
    assert path == "/web/hooks?key=1"
    verify(SecretToken(SECRET_TOKEN), headers=headers, body=body, now_s=NOW_MS // 1000, tolerance_s=0)
    assert body == handshake.body
    assert len(body) == 110
    assert body.endswith(b'"},"event_ts":1720705455858,"event":"endpoint.url_validation"}')
    assert (headers["content-type"], headers["user-agent"]) == (
        "application/json; charset=utf-8",
        "Zoom Marketplace/1.0a",
    )
    assert headers["clientid"] == "aB3_-fGhIjKlMnOpQrStUw"


def test_what_was_sent_and_when_is_kept():
    with serve(CORRECT["plain"]) as url:
        handshake = shake(url, probes_unsigned=False)

    assert (handshake.url, handshake.kind) == (url, ChallengeKind.SIGNED)
    assert (handshake.started_at_ms, handshake.timestamp_s) == (NOW_MS, NOW_MS // 1000)
    assert ("x-zm-request-timestamp", "1720705455") in handshake.request_headers
    assert handshake.plain_token.encode() in handshake.body
    assert handshake.answer.status == 200
    assert handshake.timing.total_ms > 0
    assert SECRET_TOKEN not in repr(handshake)


def test_each_handshake_has_a_token_of_its_own_and_a_seed_repeats_it():
    with serve(CORRECT["plain"]) as url:
        first, second = shake(url), shake(url)

    tokens = [first.plain_token, *(probe.plain_token for probe in first.probes)]
    assert len(set(tokens)) == 3
    assert first.plain_token == second.plain_token


def test_probes_are_unsigned_and_wrongly_signed_and_otherwise_the_same():
    recorder = Recorder()
    with serve(recorder.app) as url:
        handshake = shake(f"{url}/x")

    signed, unsigned, wrong = (headers for headers, _, _ in recorder.arrivals)
    assert [probe.kind for probe in handshake.probes] == [
        ChallengeKind.UNSIGNED,
        ChallengeKind.WRONGLY_SIGNED,
    ]
    assert signed.keys() - unsigned.keys() == {"x-zm-signature", "x-zm-request-timestamp"}
    assert signed.keys() == wrong.keys()
    assert len(wrong["x-zm-signature"]) == len(signed["x-zm-signature"]) == 67
    assert warnings_of(handshake) == ("answered-unsigned", "answered-wrong-signature")


def test_no_probe_is_sent_unless_asked_for():
    with serve(TOLERATED["answered-unsigned"]) as url:
        handshake = shake(url, probes_unsigned=False)

    assert handshake.probes == ()
    assert warnings_of(handshake) == ()


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (BasicAuth("zoom", Secret("hunter:2")), "authorization", "Basic em9vbTpodW50ZXI6Mg=="),
        (CustomHeaderAuth("x-api-key", Secret("hunter2")), "x-api-key", "hunter2"),
    ],
    ids=["basic", "custom header"],
)
def test_authentication_is_sent_with_every_challenge_and_recorded_masked(auth, name, value):
    recorder = Recorder()
    with serve(recorder.app) as url:
        handshake = shake(f"{url}/x", auth=auth)

    assert [headers[name] for headers, _, _ in recorder.arrivals] == [value] * 3
    assert (name, "********") in handshake.request_headers
    assert value not in repr(handshake)


def token_endpoint(status):
    app = Flask(__name__)

    @app.post("/token")
    def token():
        return {"access_token": "a-bearer-token", "token_type": "bearer", "expires_in": "3599"}, status

    return app


def test_an_oauth_subscription_is_challenged_with_a_fetched_token():
    recorder = Recorder()
    with serve(recorder.app) as url, serve(token_endpoint(200)) as tokens:
        handshake = shake(
            f"{url}/x", auth=OAuth("id", Secret("secret"), f"{tokens}/token"), probes_unsigned=False
        )

    ((headers, _, _),) = recorder.arrivals
    assert headers["authorization"] == "Bearer a-bearer-token"
    assert handshake.verdict.is_valid
    assert "a-bearer-token" not in repr(handshake)


def test_without_an_access_token_nothing_is_sent_and_that_is_the_mistake():
    recorder = Recorder()
    with serve(recorder.app) as url, serve(token_endpoint(503)) as tokens:
        handshake = shake(f"{url}/x", auth=OAuth("id", Secret("secret"), f"{tokens}/token"))

    assert recorder.arrivals == []
    assert mistakes_of(handshake) == ("no-access-token",)
    assert handshake.outcome.code == -14


def test_a_forbidden_address_is_the_callers_error():
    with pytest.raises(ForbiddenTargetError, match="a link-local"):
        shake("http://169.254.169.254/latest")


def test_a_redirect_is_not_followed():
    elsewhere = Recorder()
    with serve(elsewhere.app) as url:
        app = Flask(__name__)
        app.add_url_rule("/", view_func=lambda: ("", 307, {"location": f"{url}/x"}), methods=["POST"])
        with serve(app) as redirecting:
            handshake = shake(redirecting)

    assert mistakes_of(handshake) == ("redirect",)
    assert elsewhere.arrivals == []


def test_a_body_that_is_answered_by_json_of_any_order_is_read():
    with serve(answering(lambda challenge: {"encryptedToken": "x", **right(challenge)})) as url:
        assert shake(url).verdict.is_valid


def test_every_common_mistake_has_a_receiver_that_makes_it():
    kinds = {name.partition(":")[0] for name in MISTAKEN}

    assert kinds >= {
        "base64-digest", "upper-case-digest", "plain-sha256", "swapped-key", "whole-body", "other-secret",
        "empty-secret", "untrimmed-secret", "verification-token", "snake-case-keys", "wrapped-answer",
        "another-request", "another-token", "text-answer", "html-answer", "redirect", "no-content",
        "late-answer",
    }  # fmt: skip
