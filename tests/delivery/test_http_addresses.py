"""Which address a request goes to, and that it goes to no other."""

from __future__ import annotations

import pytest

from emitter.core.outcome import FailureCode, OutcomeKind
from emitter.core.targets import TargetPolicy
from emitter.delivery.http import HttpTransport
from emitter.errors import ForbiddenTargetError
from tests.support.sending import request_to, send
from tests.support.sockets import OK, RawPeer, answers, never_accepting, not_listening


def knows(*addresses):
    return lambda _host: list(addresses)


def knows_nothing(host):
    raise AssertionError(f"{host} was resolved")


def test_nothing_listening_is_not_connected():
    with not_listening() as holder:
        exchange = send(f"http://127.0.0.1:{holder.getsockname()[1]}/")

    assert exchange.outcome.kind is OutcomeKind.NOT_CONNECTED
    assert exchange.outcome.code is FailureCode.CONNECTION_REFUSED
    assert exchange.outcome.detail == "connection refused"
    assert exchange.answer is None
    assert exchange.timing.connect_ms is None
    assert not exchange.outcome.is_answer


def test_a_name_without_an_address_is_unresolved():
    exchange = send("http://receiver.invalid/")

    assert exchange.outcome.kind is OutcomeKind.UNRESOLVED
    assert exchange.outcome.code is FailureCode.DNS_FAILURE
    assert exchange.outcome.detail.startswith("receiver.invalid does not resolve: ")


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".test", ".a"], ids=["empty-label", "long-label", "dot"])
def test_what_cannot_be_a_name_is_unresolved(host):
    outcome = send(f"http://{host}/").outcome

    assert outcome.kind is OutcomeKind.UNRESOLVED
    assert host in outcome.detail


def test_a_name_with_an_empty_list_of_addresses_is_unresolved():
    outcome = send("http://app.test/", resolve=knows()).outcome

    assert (outcome.kind, outcome.detail) == (OutcomeKind.UNRESOLVED, "app.test has no address")


def test_a_name_goes_to_its_address_and_keeps_its_host_header():
    with RawPeer(answers(OK)) as peer:
        exchange = send(f"http://app.test:{peer.port}/", resolve=knows("127.0.0.1"))

    assert exchange.outcome.is_accepted
    assert f"\r\nhost: app.test:{peer.port}\r\n".encode() in peer.requests[0]


def test_a_name_is_resolved_anew_for_each_request():
    asked = []

    def resolve(host):
        asked.append(host)
        return ["127.0.0.1"]

    transport = HttpTransport(policy=TargetPolicy(), resolve=resolve)
    with RawPeer(answers(OK)) as peer:
        for _ in range(2):
            transport.send(request_to(f"http://app.test:{peer.port}/"), timeout_s=3)

    assert asked == ["app.test", "app.test"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "http://localhost:{}/"], ids=["address", "localhost"]
)
def test_addresses_and_localhost_are_not_resolved(url):
    with RawPeer(answers(OK)) as peer:
        outcome = send(url.format(peer.port), resolve=knows_nothing).outcome

    assert outcome.is_accepted


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"], ids=["ipv4", "ipv6"])
def test_localhost_finds_a_receiver_on_either_address_and_keeps_it(host):
    transport = HttpTransport(policy=TargetPolicy())
    with RawPeer(answers(OK), host=host) as peer:
        outcomes = [
            transport.send(request_to(f"http://localhost:{peer.port}/"), timeout_s=3).outcome
            for _ in range(3)
        ]

    assert [outcome.status for outcome in outcomes] == [200, 200, 200]
    assert len(peer.requests) == 3
    assert len(peer.connections) == 4  # one to find it


def test_localhost_finds_a_receiver_that_starts_later():
    transport = HttpTransport(policy=TargetPolicy())
    with not_listening() as holder:
        request = request_to(f"http://localhost:{holder.getsockname()[1]}/")

        before = transport.send(request, timeout_s=3)
        with RawPeer(answers(OK), listener=holder) as peer:
            after = transport.send(request, timeout_s=3)

    assert before.outcome.kind is OutcomeKind.NOT_CONNECTED
    assert after.outcome.is_accepted
    assert len(peer.requests) == 1


def test_the_search_for_localhost_is_not_counted_in_the_deadline():
    transport = HttpTransport(policy=TargetPolicy())
    with never_accepting() as port:
        exchange = transport.send(request_to(f"http://localhost:{port}/"), timeout_s=0.1)

    assert exchange.timing.total_ms < 350
    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT


def test_an_ipv6_address_is_sent_to():
    with RawPeer(answers(OK), host="::1") as peer:
        outcome = send(f"http://[::1]:{peer.port}/").outcome

    assert outcome.is_accepted
    assert f"\r\nhost: [::1]:{peer.port}\r\n".encode() in peer.requests[0]


def test_the_next_address_is_tried_when_one_is_refused():
    with RawPeer(answers(OK)) as peer:
        outcome = send(f"http://app.test:{peer.port}/", resolve=knows("::1", "127.0.0.1")).outcome

    assert outcome.is_accepted


def test_an_address_that_never_answers_leaves_time_for_the_next():
    with never_accepting() as port, RawPeer(answers(OK), host="::1", port=port):
        outcome = send(f"http://app.test:{port}/", timeout_s=1.0, resolve=knows("127.0.0.1", "::1")).outcome

    assert outcome.is_accepted


def test_all_addresses_refused_is_not_connected():
    with not_listening() as holder:
        port = holder.getsockname()[1]
        outcome = send(f"http://app.test:{port}/", resolve=knows("::1", "127.0.0.1")).outcome

    assert outcome.kind is OutcomeKind.NOT_CONNECTED


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["10.0.0.1", "2001:4860:4860::8888"], "app.test is 10.0.0.1, a private address"),
        (["8.8.8.8"], "app.test is 8.8.8.8, a public address; allow it with --allow-host app.test"),
        (["169.254.169.254"], "metadata"),
        (["fe80::1%eth0"], "link-local"),
        (["fd00:ec2::254%eth0"], "metadata"),
        (["::ffff:169.254.169.254"], "metadata"),
    ],
    ids=["two", "public", "metadata", "link-local", "metadata-in-a-zone", "mapped"],
)
def test_a_name_that_leads_only_to_forbidden_addresses_is_refused(addresses, reason):
    with pytest.raises(ForbiddenTargetError, match=reason) as refused:
        send("http://app.test/", resolve=knows(*addresses), policy=TargetPolicy(allows_private=False))

    assert refused.value.host == "app.test"


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fe80::1]/", "http://0.0.0.0/"], ids=str)
def test_a_forbidden_address_is_refused(url):
    with pytest.raises(ForbiddenTargetError):
        send(url)


def test_of_several_addresses_only_the_allowed_ones_are_used():
    # The suite's own guard fails the test if a socket goes anywhere but to loopback.
    with RawPeer(answers(OK)) as peer:
        resolve = knows("169.254.169.254", "8.8.8.8", "127.0.0.1", "2001:4860:4860::8888")
        outcome = send(f"http://app.test:{peer.port}/", resolve=resolve).outcome

    assert outcome.is_accepted


def test_a_name_that_changes_its_mind_is_still_checked():
    """DNS rebinding: the second answer leads elsewhere."""
    answers_in_turn = iter([["127.0.0.1"], ["169.254.169.254"]])
    transport = HttpTransport(policy=TargetPolicy(), resolve=lambda _host: next(answers_in_turn))
    with RawPeer(answers(OK)) as peer:
        request = request_to(f"http://app.test:{peer.port}/")
        assert transport.send(request, timeout_s=3).outcome.is_accepted

        with pytest.raises(ForbiddenTargetError):
            transport.send(request, timeout_s=3)

    assert len(peer.connections) == 1
