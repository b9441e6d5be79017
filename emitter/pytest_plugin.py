"""The plugin: fixtures that send what Zoom sends, `zoom_contract`, and ``pytest --zoom-receiver-url URL``.

Loaded in every run of pytest, so it imports nothing but pytest; what a fixture needs is imported when a test
asks for it. `emitter.testing` is what the fixtures are made of, and says more. docs/pytest.md shows how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emitter.pytest_zoom_api import zoom_api_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.testing import ZoomClock, ZoomEmitter, ZoomRequest

__all__ = ["zoom_api_url"]

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
_EVENTS_HELP = "run the test once for each event that a pattern fits, or for all; zoom_event is that event"
_CONTRACT_HELP = "make the test one for each check and event of the contract, run after its own body"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all begin with ``--zoom-``."""
    group = parser.getgroup("zoom", "contract tests of a Zoom webhook receiver")
    for name, (metavar, help_text) in _OPTIONS.items():
        group.addoption(f"--zoom-{name}", metavar=metavar, default=None, help=help_text)
    for name, help_text in _SWITCHES.items():
        group.addoption(f"--zoom-{name}", action="store_true", help=help_text)
    parser.addini("zoom_receiver", "what zoom_emitter sends to: URL, or module:app with a path", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Say which marks there are, and load what tests a receiver, if one is given."""
    config.addinivalue_line("markers", f"zoom_events(*patterns): {_EVENTS_HELP}")
    config.addinivalue_line("markers", f"zoom_contract(**options): {_CONTRACT_HELP}")
    options: dict[str, Any] = {name: config.getoption(f"--zoom-{name}") for name in (*_OPTIONS, *_SWITCHES)}
    if options["receiver-url"]:
        options["side-by-side"] = _runs_side_by_side(config)
        _refuse_to_count(options)
        from emitter.pytest_receiver import ReceiverTests  # noqa: PLC0415 - only for those who ask

        tests = ReceiverTests(config, {name: value for name, value in options.items() if value})
        config.pluginmanager.register(tests, "zoom-receiver")
    elif given := next((name for name, value in options.items() if value and name != "seed"), None):
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make tests of the marks, in a run that has any."""
    marks = {mark.name: mark for mark in metafunc.definition.iter_markers()}
    if "zoom_events" in marks or "zoom_contract" in marks:
        from emitter.pytest_contract import generate_tests  # noqa: PLC0415 - only for those who ask

        generate_tests(metafunc, marks.get("zoom_events"), marks.get("zoom_contract"))


@pytest.fixture
def zoom_receiver(pytestconfig: pytest.Config) -> Any:
    """Return what is sent to: a WSGI or ASGI app, a test client, a URL, or ``module:app``. Override it."""
    named = pytestconfig.getini("zoom_receiver")
    if not named:
        pytest.fail(_NO_RECEIVER, pytrace=False)
    return named


_NO_RECEIVER = """zoom_emitter does not know the receiver; override the fixture zoom_receiver:

    @pytest.fixture
    def zoom_receiver(zoom_secret_token):
        return create_app()   # an app, a test client, or a URL

or write zoom_receiver = my_package.main:app/webhooks/zoom into the settings of pytest."""


@pytest.fixture
def zoom_path() -> str:
    """Return the path at which an app takes webhooks. Override it where it is another."""
    return "/webhooks/zoom"


@pytest.fixture(scope="session")
def zoom_secret_token() -> Iterator[str]:
    """Return the secret token: that of the environment, else one that is put there. Override it.

    An app that reads it elsewhere, or when it is imported, wants an override, or to be made by a fixture that
    asks for this one.
    """
    from emitter.testing.surroundings import lent_secret_token  # noqa: PLC0415

    with lent_secret_token() as secret_token:
        yield secret_token


@pytest.fixture
def zoom_seed(pytestconfig: pytest.Config) -> str:
    """Return what the values of events follow from: ``--zoom-seed``, else always the same. Override it."""
    return str(pytestconfig.getoption("--zoom-seed") or "zoom")


@pytest.fixture
def zoom_locale() -> str:
    """Return whose names and texts events have, as ``ja_JP``; empty for those of twenty. Override it."""
    return ""


@pytest.fixture
def zoom_auth() -> str:
    """Return what comes beside the signature, as ``basic:USER:PASSWORD``; empty for nothing. Override it."""
    return ""


@pytest.fixture
def zoom_clock() -> ZoomClock:
    """Return the clock that requests are signed with; ``zoom_clock.move("-10m")`` makes them old."""
    from emitter.testing.clock import ZoomClock  # noqa: PLC0415

    return ZoomClock()


@pytest.fixture
def zoom_event(
    request: pytest.FixtureRequest, zoom_seed: str, zoom_locale: str, zoom_clock: ZoomClock
) -> dict[str, Any]:
    """Return a realistic event; which one, a parameter or ``@pytest.mark.zoom_events("playlist_*")`` says."""
    from emitter.testing.making import as_dict  # noqa: PLC0415
    from emitter.testing.surroundings import explained, maker_of  # noqa: PLC0415

    with explained():
        maker = maker_of(request.config, seed=zoom_seed, locale=zoom_locale, clock=zoom_clock)
        return as_dict(maker.event(getattr(request, "param", "")))


@pytest.fixture
def zoom_request(
    zoom_event: dict[str, Any], zoom_path: str, zoom_secret_token: str, zoom_clock: ZoomClock
) -> ZoomRequest:
    """Return `zoom_event` as a signed request: method, path, headers, body."""
    from emitter.testing.surroundings import signed_request  # noqa: PLC0415

    return signed_request(zoom_event, path=zoom_path, secret_token=zoom_secret_token, clock=zoom_clock)


@pytest.fixture
def zoom_emitter(  # noqa: PLR0913, PLR0917 - pytest gives them by name
    request: pytest.FixtureRequest,
    zoom_secret_token: str,
    zoom_seed: str,
    zoom_locale: str,
    zoom_clock: ZoomClock,
    zoom_auth: str,
    zoom_receiver: Any,
    zoom_path: str,
) -> Iterator[ZoomEmitter]:
    """Return what sends to `zoom_receiver`: emit, story, replay, validate, faults."""
    from emitter.testing import ZoomEmitter  # noqa: PLC0415
    from emitter.testing.surroundings import catalog_of, explained, judge_of, known_of  # noqa: PLC0415

    with explained():
        made = ZoomEmitter(
            zoom_receiver,
            secret_token=zoom_secret_token,
            path=zoom_path,
            seed=zoom_seed,
            locale=zoom_locale,
            clock=zoom_clock,
            catalog=catalog_of(request.config),
            known=known_of(request.config),
            auth=zoom_auth,
            judge=judge_of(request.config),
        )
    with made:
        yield made
