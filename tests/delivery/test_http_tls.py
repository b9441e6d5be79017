"""Certificates: which are trusted, and what is said of those that are not."""

from __future__ import annotations

import datetime
import ssl

import pytest
import trustme
from flask import Flask

from emitter.core.outcome import FailureCode, OutcomeKind
from emitter.core.targets import TargetPolicy
from emitter.delivery.http import HttpTransport
from emitter.delivery.trust import tls_context
from emitter.errors import InvalidSettingError
from tests.support.sending import request_to, send
from tests.support.servers import serve
from tests.support.sockets import OK, RawPeer, answers, closes_at_once

EXPIRED_AT = datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_bundle(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def receiver(authority):
    with serve(application(), ssl_context=context_for(authority, "127.0.0.1", "localhost")) as url:
        yield f"{url}/"


def application():
    app = Flask(__name__)

    @app.post("/")
    def accept():
        return "", 204

    return app


def context_for(authority, *names, **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **options).configure_cert(context)
    return context


def test_a_certificate_of_an_authority_in_the_bundle_is_trusted(receiver, ca_bundle):
    exchange = send(receiver, ca_bundle=ca_bundle)

    assert exchange.outcome.status == 204


def test_the_name_is_checked_for_names_and_for_addresses(receiver, ca_bundle):
    by_name = receiver.replace("127.0.0.1", "localhost")

    assert send(by_name, ca_bundle=ca_bundle).outcome.status == 204
    assert send(by_name.replace("localhost", "localhost."), ca_bundle=ca_bundle).outcome.status == 204


def test_an_unknown_authority_is_not_trusted(receiver):
    outcome = send(receiver).outcome

    assert outcome.kind is OutcomeKind.UNTRUSTED
    assert outcome.code is FailureCode.CERTIFICATE_ERROR
    assert outcome.detail == (
        "the certificate is not trusted: unable to get local issuer certificate; "
        "name its authority with --ca-bundle FILE, or accept it with --insecure"
    )
    assert not outcome.is_retried


def test_another_bundle_replaces_the_public_authorities_and_does_not_help(receiver, tmp_path):
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(path)

    assert send(receiver, ca_bundle=path).outcome.code is FailureCode.CERTIFICATE_ERROR
    assert len(tls_context(ca_bundle=path, insecure=False).get_ca_certs()) == 1
    assert len(tls_context(ca_bundle=None, insecure=False).get_ca_certs()) > 50


def test_an_expired_certificate_is_not_trusted(authority, ca_bundle):
    context = context_for(authority, "127.0.0.1", not_before=EXPIRED_AT.replace(day=1), not_after=EXPIRED_AT)
    with RawPeer(answers(OK), ssl_context=context) as peer:
        outcome = send(peer.url, ca_bundle=ca_bundle).outcome

    assert outcome.code is FailureCode.CERTIFICATE_ERROR
    assert outcome.detail == (
        "the certificate is not trusted: certificate has expired; renew it, or accept it with --insecure"
    )


@pytest.mark.parametrize(
    ("certified", "host"),
    [("app.test", "127.0.0.1"), ("127.0.0.2", "127.0.0.1"), ("app.test", "localhost")],
    ids=["address", "other-address", "name"],
)
def test_a_certificate_for_another_host_is_not_trusted(authority, ca_bundle, certified, host):
    with RawPeer(answers(OK), ssl_context=context_for(authority, certified)) as peer:
        outcome = send(f"https://{host}:{peer.port}/", ca_bundle=ca_bundle).outcome

    assert outcome.kind is OutcomeKind.UNTRUSTED
    assert outcome.code is FailureCode.HOST_NAME_MISMATCH
    assert outcome.detail.startswith("the certificate is for another name: ")
    assert f"'{host}'" in outcome.detail
    assert outcome.detail.endswith("; send to the name it is for, or accept it with --insecure")
    assert peer.requests == []


@pytest.mark.parametrize("names", [("127.0.0.1",), ("app.test",)], ids=["unknown-authority", "another-name"])
def test_insecure_takes_any_certificate(authority, names):
    with RawPeer(answers(OK), ssl_context=context_for(authority, *names)) as peer:
        exchange = send(peer.url, insecure=True)

    assert exchange.outcome.is_accepted


def test_insecure_takes_an_expired_certificate(authority):
    context = context_for(authority, "127.0.0.1", not_before=EXPIRED_AT.replace(day=1), not_after=EXPIRED_AT)
    with RawPeer(answers(OK), ssl_context=context) as peer:
        assert send(peer.url, insecure=True).outcome.is_accepted


def test_tls_to_a_port_that_does_not_speak_it_says_so():
    with serve(application()) as url:
        outcome = send(url.replace("http:", "https:")).outcome

    assert (outcome.kind, outcome.code) == (OutcomeKind.UNTRUSTED, FailureCode.TLS_ERROR)
    assert outcome.detail == ("the receiver does not speak TLS on this port; write http:// if that is meant")


def test_a_plain_request_to_a_tls_port_is_broken(authority):
    with RawPeer(answers(OK), ssl_context=context_for(authority, "127.0.0.1")) as peer:
        outcome = send(peer.url.replace("https:", "http:")).outcome

    assert outcome.kind is OutcomeKind.BROKEN


def test_a_connection_closed_during_the_handshake_is_no_answer():
    def closes_after_hello(connection):
        connection.receive_some()

    with RawPeer(closes_after_hello) as peer:
        outcome = send(peer.url.replace("http:", "https:")).outcome

    assert (outcome.kind, outcome.code) == (OutcomeKind.UNTRUSTED, FailureCode.TLS_ERROR)
    assert "closed the connection during the TLS handshake" in outcome.detail


def test_a_connection_closed_before_the_handshake_is_no_answer():
    with RawPeer(closes_at_once) as peer:
        outcome = send(peer.url.replace("http:", "https:")).outcome

    assert outcome.kind in {OutcomeKind.UNTRUSTED, OutcomeKind.BROKEN}
    assert outcome.status is None


def test_what_follows_the_handshake_is_judged_as_without_tls(authority):
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"

    def closes_half_way(connection):
        connection.read_request()
        connection.send(half)
        connection.close()

    with RawPeer(closes_half_way, ssl_context=context_for(authority, "127.0.0.1")) as peer:
        exchange = send(peer.url, insecure=True)

    assert exchange.outcome.kind is OutcomeKind.BROKEN
    assert exchange.answer
    assert exchange.answer.body == b"abc"


def test_a_receiver_that_closes_while_a_big_body_is_sent_is_broken(authority):
    def closes_early(connection):
        connection.receive_some()

    with RawPeer(closes_early, ssl_context=context_for(authority, "127.0.0.1")) as peer:
        outcome = send(peer.url, body=b"x" * 3_000_000, insecure=True).outcome

    assert outcome.kind is OutcomeKind.BROKEN


def test_a_client_certificate_that_is_asked_for_cannot_be_given(authority):
    context = context_for(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with RawPeer(answers(OK), ssl_context=context) as peer:
        outcome = send(peer.url, insecure=True).outcome

    assert (outcome.kind, outcome.code) == (OutcomeKind.UNTRUSTED, FailureCode.TLS_ERROR)
    assert "certificate required" in outcome.detail


def test_a_big_body_arrives_over_tls(authority):
    body = bytes(range(256)) * 8192
    with RawPeer(answers(OK), ssl_context=context_for(authority, "127.0.0.1")) as peer:
        outcome = send(peer.url, body=body, insecure=True).outcome

    assert outcome.is_accepted
    assert peer.requests[0].endswith(body)


def test_tls_before_1_2_is_not_spoken(authority):
    context = context_for(authority, "127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with RawPeer(answers(OK), ssl_context=context) as peer:
        outcome = send(peer.url, insecure=True).outcome

    assert outcome.detail == "the receiver speaks no TLS 1.2 or later, which Zoom asks for"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot read the certificates in .*No such file"),
        ("", "holds no certificate in PEM form"),
        ("not a certificate", "holds no certificate in PEM form"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "holds no certificate in PEM form",
        ),
    ],
    ids=["missing", "empty", "text", "damaged"],
)
def test_a_bundle_that_cannot_be_used_is_refused_before_anything_is_sent(tmp_path, content, complaint):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(InvalidSettingError, match=complaint) as refused:
        HttpTransport(policy=TargetPolicy(), ca_bundle=path)

    assert str(path) in str(refused.value)


def test_a_folder_is_no_bundle(tmp_path):
    with pytest.raises(InvalidSettingError, match="--ca-bundle takes"):
        HttpTransport(policy=TargetPolicy(), ca_bundle=tmp_path)


def test_variables_that_name_authorities_are_ignored(monkeypatch, receiver, ca_bundle):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(ca_bundle))

    assert send(receiver).outcome.code is FailureCode.CERTIFICATE_ERROR


def test_one_transport_speaks_plain_and_tls_in_turn(receiver, ca_bundle):
    transport = HttpTransport(policy=TargetPolicy(), ca_bundle=ca_bundle)
    with RawPeer(answers(OK)) as peer:
        urls = [peer.url, receiver, peer.url, receiver]
        statuses = [transport.send(request_to(url), timeout_s=3).outcome.status for url in urls]

    assert statuses == [200, 204, 200, 204]
