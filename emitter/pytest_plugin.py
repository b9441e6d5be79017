"""``pytest --zoom-receiver-url URL``: one test for each check of the judge and each event, in any test run.

The judge is a process of its own, started when it is asked for: a repository may have a package named as the
judge's is, and a run that does not ask imports nothing. With pytest-xdist the controller greets the receiver
once and hands on what it found; each worker judges the tests it is given with a judge of its own.
"""

from __future__ import annotations

from typing import Any

import pytest

_OPTIONS = {
    "receiver-url": ("URL|NAME", "judge this receiver, by its URL or its name in the settings"),
    "depth": ("DEPTH", "quick, default or deep"),
    "select": ("CODE,…", "only these checks or families"),
    "ignore": ("CODE,…", "all but these"),
    "events": ("NAME,…", "only these events"),
    "seed": ("SEED", "other values"),
    "wait": ("DURATION", "wait so long for a receiver that is starting"),
    "time-budget": ("DURATION", "leave out what does not fit, in each worker"),
    "rate-limit": ("N/s", "send at most so many requests in a second"),
    "baseline": ("FILE", "known findings, which are expected to fail"),
    "observe": ("URL", "where the number of the receiver's effects is"),
    "observe-cmd": ("COMMAND", "prints the number of the receiver's effects"),
    "spec": ("FILE", "also the events of this webhook document"),
    "secret-token-file": ("FILE", "read the secret token from a file"),
    "env-file": ("FILE", "read the secret token from a .env file"),
    "auth": ("MODE:VALUE", "as --auth of `zoom-emitter check`"),
    "header": ("'NAME: VALUE'", "Zoom's custom header"),
    "timeout": ("DURATION", "the whole time the receiver has to answer"),
    "ca-bundle": ("FILE", "trust these certificates instead"),
    "allow-host": ("NAME", "a public host that may be sent to"),
}
_SWITCHES = {
    "strict": "fail on warnings, too",
    "strict-response": "want the answers that Zoom's document describes",
    "acks-before-verifying": "the receiver acknowledges first and verifies later",
    "insecure": "accept any certificate",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all begin with ``--zoom-``."""
    group = parser.getgroup("zoom", "contract tests of a Zoom webhook receiver")
    for name, (metavar, help_text) in _OPTIONS.items():
        group.addoption(f"--zoom-{name}", metavar=metavar, default=None, help=help_text)
    for name, help_text in _SWITCHES.items():
        group.addoption(f"--zoom-{name}", action="store_true", help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    """Load what makes and runs the tests, if a receiver is given."""
    options: dict[str, Any] = {name: config.getoption(f"--zoom-{name}") for name in (*_OPTIONS, *_SWITCHES)}
    if options["receiver-url"]:
        options["side-by-side"] = _runs_side_by_side(config)
        _refuse_to_count(options)
        from emitter.pytest_receiver import ReceiverTests  # noqa: PLC0415 - only for those who ask

        tests = ReceiverTests(config, {name: value for name, value in options.items() if value})
        config.pluginmanager.register(tests, "zoom-receiver")
    elif any(options.values()):
        given = next(name for name, value in options.items() if value)
        raise pytest.UsageError(f"--zoom-{given} wants --zoom-receiver-url URL beside it")


def _runs_side_by_side(config: pytest.Config) -> bool:
    """Say whether pytest-xdist hands the tests to workers, or this is one of them."""
    return bool(getattr(config.option, "numprocesses", None)) or hasattr(config, "workerinput")


def _refuse_to_count(options: dict[str, Any]) -> None:
    """Refuse to count effects while tests of several workers have some."""
    observing = next((name for name in ("observe", "observe-cmd") if options[name]), None)
    if observing and options["side-by-side"]:
        raise pytest.UsageError(
            f"--zoom-{observing} counts effects, and those of tests that run side by side cannot be told "
            "apart; leave out -n, or count in a run of its own: --zoom-select duplicates -n 0"
        )
