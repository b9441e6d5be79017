"""The judge: whole runs against their bars in seconds, and generated cases beside schemathesis alone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import (
    CacheConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    FuzzingPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events, from_schema

from contracts.checks.generated import MOST_IMPLAUSIBLE, MOST_WRONG
from contracts.generation.document import document_of, literal
from contracts.runner import run
from contracts.scope import Depth
from tests.bench.figures import Figure, in_turns
from tests.bench.judged import served
from tests.bench.receiver import receiver
from tests.support.receivers.judging import CATALOG, REGISTRY, judged, receiver_at, scope_for, session_for
from tests.support.receivers.reference import SECRET_TOKEN
from tests.support.wheel import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
DEFAULT_S, QUICK_S, FIRST_FINDING_S = 20.0, 3.0, 2.0
SHARE_OF_THEIR_RATE = 0.85


def figures() -> list[Figure]:
    """Measure runs of the judge. A bar in seconds stands beside itself."""
    with served() as (right, careless), receiver() as cheapest:
        taken = in_turns(
            {
                "default": _run(right, Depth.DEFAULT),
                "quick": _run(right, Depth.QUICK),
                "first": lambda: _first_finding_s(careless),
                "ours": lambda: _ours_s_a_case(cheapest),
                "theirs": lambda: _theirs_s_a_case(cheapest),
            },
            rounds=ROUNDS,
        )
    return [
        _within("check, default depth, 1 ms receiver", taken["default"], DEFAULT_S),
        _within("check, quick, 1 ms receiver", taken["quick"], QUICK_S),
        _within("first finding, no signature check", taken["first"], FIRST_FINDING_S),
        Figure(
            name="a generated case, sent and judged",
            beside="schemathesis alone, coverage phase",
            ours_s=taken["ours"],
            theirs_s=taken["theirs"],
            bar=1 / SHARE_OF_THEIR_RATE,
            stretch=1,
        ),
    ]


def _within(name: str, taken_s: float, bar_s: float) -> Figure:
    return Figure(name=name, beside=f"{bar_s:g} s", ours_s=taken_s, theirs_s=bar_s, bar=1)


def _run(url: str, depth: Depth) -> Callable[[], float]:
    def work() -> float:
        began = perf_counter()
        result = judged(url, depth=depth, budget_s=300)
        assert not result.left_out
        return perf_counter() - began

    return work


def _first_finding_s(url: str) -> float:
    """Return how long the command takes, on a terminal, until it has said a finding."""
    terminal, its_side = pty.openpty()
    environment = {**os.environ, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET_TOKEN.reveal(), "TERM": "xterm"}
    began, said = perf_counter(), b""
    with subprocess.Popen(
        [sys.executable, "-m", "emitter", "check", "--no-cache", url],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=its_side,
    ) as process:  # fmt: skip
        os.close(its_side)
        while b"error" not in said:
            said += os.read(terminal, 4096)
        seconds = perf_counter() - began
        process.kill()
    os.close(terminal)
    return seconds


def _ours_s_a_case(url: str) -> float:
    """Return the seconds a generated case takes in a run, its making included."""
    checks = REGISTRY.select(select=["G02"])
    scope = scope_for(receiver_at(url))
    session = session_for(url, budget_s=300)
    quiet = [replace(check, inspects=None, implied_by=()) for check in checks if check.code == "G02"]
    began = perf_counter()
    for _ in run(session, quiet, scope):
        pass
    return (perf_counter() - began) / len(session.traffic)


def _theirs_s_a_case(url: str) -> float:
    """Return the seconds a case of the same schemas takes with schemathesis' own engine and client."""
    schemas = {event.name: literal(event.name, event.schema) for event in CATALOG}
    loaded: Any = schemathesis.openapi.from_dict(document_of(schemas), config=_coverage_only(url))
    began, cases = perf_counter(), 0
    for event in from_schema(loaded).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
    assert cases > MOST_WRONG + MOST_IMPLAUSIBLE
    return (perf_counter() - began) / cases


def _coverage_only(url: str) -> SchemathesisConfig:
    phases = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=False),
        coverage=CoveragePhaseConfig(unexpected_methods=set()),
        fuzzing=FuzzingPhaseConfig(enabled=False),
        stateful=StatefulPhaseConfig(enabled=False),
    )
    project = ProjectConfig(
        base_url=url,
        workers=1,
        phases=phases,
        continue_on_failure=True,
        generation=GenerationConfig(database="none"),
    )
    return SchemathesisConfig(
        seed=1, cache=CacheConfig(enabled=False), projects=ProjectsConfig(default=project)
    )
