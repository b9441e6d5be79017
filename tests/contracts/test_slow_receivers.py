"""Correct receivers that are slow, or serve one request at a time: nothing false is said, and in time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest

from contracts.findings import Severity
from contracts.scope import Depth
from tests.support.receivers.judging import REGISTRY, judged
from tests.support.receivers.reference import Asked, right

BUDGET_S = 120.0
GIVEN = [check for check in REGISTRY.select() if check.letter != "G"]
"""All checks but those that generate bodies by the hundred."""


@contextmanager
def served(kind: type[HTTPServer], *, taking_s: float):
    never = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        """What one writes with the standard library alone; 501 for what is no POST."""

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            never.wait(taking_s)
            answer = right(Asked("POST", {name.lower(): value for name, value in self.headers.items()}, body))
            content = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            if answer.status != 204:
                self.wfile.write(content)

        def log_message(self, format, *args):  # noqa: A002 - the library's name
            """Say nothing."""

    class Server(kind):  # type: ignore[valid-type, misc]
        def handle_error(self, request, client_address):
            """Say nothing of a sender that left."""

    with Server(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            never.set()
            server.shutdown()
            serving.join()


@pytest.mark.slow
def test_a_receiver_that_serves_one_at_a_time_is_judged_whole():
    with served(HTTPServer, taking_s=0.0) as url:
        result = judged(url, checks=GIVEN, depth=Depth.DEFAULT)

    assert [finding for finding in result.findings if finding.severity is not Severity.INFO] == []
    assert not result.left_out


@pytest.mark.slow
def test_a_receiver_that_hangs_on_everything_is_reported_within_half_a_minute():
    with served(ThreadingHTTPServer, taking_s=60.0) as url:
        result = judged(url, depth=Depth.DEFAULT, budget_s=120.0)

    assert [finding.code for finding in result.findings] == ["P05"]
    assert result.elapsed_s < 30


@pytest.mark.slow
def test_slow_receivers_are_judged_by_what_fits_into_the_time():
    """All of them at the same time: it is mostly waiting."""
    cases = [(kind, taking_s) for kind in (HTTPServer, ThreadingHTTPServer) for taking_s in (1.5, 2.2)]
    with ThreadPoolExecutor(len(cases)) as pool:
        results = dict(zip(cases, pool.map(judged_within_budget, cases), strict=True))

    for case, result in results.items():
        assert [found for found in result.findings if found.severity is not Severity.INFO] == [], case
        assert result.elapsed_s < BUDGET_S + 5, case
        assert result.left_out, case
        assert {each.code[0] for each in result.cases} >= {"A", "B", "H", "D", "S", "R"}, case


def judged_within_budget(case):
    kind, taking_s = case
    with served(kind, taking_s=taking_s) as url:
        return judged(url, depth=Depth.DEFAULT, budget_s=BUDGET_S)
