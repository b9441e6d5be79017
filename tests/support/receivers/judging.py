"""Runs the judge inside a test, as the command does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contracts.effects import Effects
from contracts.opening import open_session
from contracts.pacing import Pacer
from contracts.receiver import Receiver
from contracts.registry import Registry
from contracts.run_events import RunEnded, RunResult
from contracts.runner import run
from contracts.scope import Depth, Scope
from emitter.catalog.events import Catalog
from emitter.core.subscription import NoAuth, Subscription
from tests.support.receivers.reference import SECRET_TOKEN

if TYPE_CHECKING:
    from contracts.session import Session

REVIVAL_S = 1.0
HASTE = 5
"""So many times less is waited for effects: a receiver here has them before its answer, or soon after."""
NO_AUTH = NoAuth()
CATALOG = Catalog.bundled()
REGISTRY = Registry.bundled()


def judged(url, **options) -> RunResult:
    """Return the result of a run: all checks at a depth, and the checks of these codes as a whole."""
    events = [*judging(url, **options)]
    assert isinstance(events[-1], RunEnded)
    return events[-1].result


def judging(
    url,
    *,
    codes=(),
    depth=Depth.QUICK,
    checks=None,
    seed="zoom",
    budget_s=60.0,
    receiver=None,
    observer=None,
    is_response_strict=False,
):
    """Yield the events of a run."""
    receiver = receiver or receiver_at(url)
    scope = replace(
        scope_for(receiver, depth=Depth.DEFAULT if codes else depth, seed=seed),
        is_response_strict=is_response_strict,
        is_observed=observer is not None,
    )
    session = session_for(url, receiver=receiver, seed=seed, budget_s=budget_s, observer=observer)
    checks = REGISTRY.select() if checks is None else checks
    yield from run(session, [_limited(check, codes, depth) for check in checks], scope, revival_s=REVIVAL_S)


def session_for(url, *, receiver=None, seed="zoom", budget_s=60.0, per_second=None, observer=None) -> Session:
    """Return a session that sends over HTTP."""
    scope = scope_for(receiver or receiver_at(url), seed=seed)
    session = open_session(scope, budget_s=budget_s, per_second=per_second, observer=observer)
    if observer:
        session.effects = Effects(observer, HastyPacer(budget_s=budget_s), session.traffic)
    return session


class HastyPacer(Pacer):
    """Waits a part of what it is asked to."""

    def wait_s(self, seconds):
        super().wait_s(seconds / HASTE)


def scope_for(receiver, *, depth=Depth.DEFAULT, seed="zoom") -> Scope:
    return Scope(
        receiver=receiver,
        catalog=CATALOG,
        events=tuple(event for event in CATALOG if receiver.subscription.wants(event.name)),
        depth=depth,
        seed=seed,
    )


def receiver_at(url, *, timeout_s=3.0, events=("*",), auth=NO_AUTH, **known) -> Receiver:
    subscription = Subscription(
        url=url, events=events, client_id="qgg8vlvZRS6UYooatFL8Aw", timeout_s=timeout_s, auth=auth
    )
    return Receiver(subscription=subscription, secret_token=SECRET_TOKEN, **known)


def _limited(check, codes, depth):
    if check.code in codes:
        return check
    return replace(
        check, cases=lambda scope: [case for case in check.cases(scope) if case.depth.rank <= depth.rank]
    )
