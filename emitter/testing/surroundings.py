"""What the fixtures of `emitter.pytest_plugin` share in a run: the catalog, the judge, the secret token."""

from __future__ import annotations

import os
from contextlib import contextmanager
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

import pytest

from emitter.catalog.files import catalog_with
from emitter.core.events import Event
from emitter.core.request import build_request
from emitter.core.secrets import SecretToken
from emitter.core.targets import parse_target
from emitter.delivery.secret_sources import VARIABLES, find_secret
from emitter.errors import EmitterError, SecretTokenError
from emitter.faking.ids import new_identity, short_id
from emitter.settings.file import load_settings, specs_of
from emitter.testing.emitted import ZoomRequest
from emitter.testing.judge import Judge
from emitter.testing.making import EventMaker
from emitter.testing.receivers import told_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog
    from emitter.faking.known import Known
    from emitter.testing.clock import ZoomClock

LENT: Final = "secret-token-for-tests"
"""The secret token of tests where nobody has one."""
_CATALOG: Final = pytest.StashKey["Catalog"]()
_JUDGE: Final = pytest.StashKey[Judge]()


def catalog_of(config: pytest.Config) -> Catalog:
    """Return the events of the bundled document and of those the environment or the settings name.

    Raises:
        UsageError: The settings or a document cannot be read.
    """
    if _CATALOG not in config.stash:
        folder = config.invocation_params.dir
        files = specs_of(load_settings(folder), os.environ)
        config.stash[_CATALOG] = catalog_with([folder / file for file in files])
    return config.stash[_CATALOG]


def known_of(config: pytest.Config) -> Known:
    """Return whom and what ``[world]`` of the settings says that the receiver knows.

    Raises:
        UsageError: The settings cannot be read.
    """
    return load_settings(config.invocation_params.dir).known


def judge_of(config: pytest.Config) -> Judge:
    """Return the run's judge, not started before it is asked, and ended with the run."""
    if _JUDGE not in config.stash:
        judge = config.stash[_JUDGE] = Judge(config.invocation_params.dir)
        config.add_cleanup(judge.close)
    return config.stash[_JUDGE]


def maker_of(config: pytest.Config, *, seed: str, locale: str, clock: ZoomClock) -> EventMaker:
    """Return what makes the events of a test.

    Raises:
        UsageError: There is no such locale, or a document cannot be read.
    """
    known = known_of(config)
    return EventMaker(catalog_of(config), seed=seed, locale=locale, clock=clock, known=known)


def signed_request(
    envelope: dict[str, Any], *, path: str, secret_token: str, clock: ZoomClock
) -> ZoomRequest:
    """Return an event's request as Zoom would send it to an app at a path."""
    url, rng = told_url(path), SystemRandom()
    name = envelope.get("event")
    request = build_request(
        url=url,
        host=parse_target(url).host_header,
        body=Event(name if isinstance(name, str) else "", clock.now_ms(), envelope).body(),
        identity=new_identity(rng, client_id=short_id(rng)),
        secret_token=SecretToken(secret_token),
        timestamp_s=clock.now_s,
    )
    return ZoomRequest.of(request)


@contextmanager
def explained() -> Iterator[None]:
    """Show what a fixture cannot use as it is, without the lines of Python in which it was met."""
    try:
        yield
    except EmitterError as error:
        pytest.fail(str(error), pytrace=False)


@contextmanager
def lent_secret_token() -> Iterator[str]:
    """Give the secret token of the environment; one is put there meanwhile where there is none."""
    try:
        found, _ = find_secret(file=None, env_file=None, environ=os.environ)
    except SecretTokenError:
        if any(os.environ.get(name) for name in VARIABLES):
            raise
        with pytest.MonkeyPatch.context() as patch:
            for name in VARIABLES:
                patch.setenv(name, LENT)
            yield LENT
        return
    yield found.reveal()
