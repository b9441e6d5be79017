"""Tests made of the marks ``zoom_events`` and ``zoom_contract``; loaded in a run that has them."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from emitter.errors import EmitterError, InvalidSettingError, UnknownNameError
from emitter.pytest_verdicts import conclude, show_notes
from emitter.testing.contract import EVERY_EVENT, Contract, name_of
from emitter.testing.making import parameters_of
from emitter.testing.receivers import SERVED_AT
from emitter.testing.surroundings import LENT, catalog_of, judge_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from emitter.testing import ZoomEmitter

_PLUGIN: Final = "zoom-contract"
_FIXTURE: Final = "zoom_check"
_TEXTS: Final = ("depth", "select", "ignore", "events", "seed", "time_budget", "rate_limit", "baseline")
_SWITCHES: Final = ("strict", "strict_response", "acks_before_verifying")
_CONTRACTS: Final = pytest.StashKey[dict[str, Contract]]()


def generate_tests(
    metafunc: pytest.Metafunc, events: pytest.Mark | None, contract: pytest.Mark | None
) -> None:
    """Make a test one for each event, or one for each check and event.

    Raises:
        pytest.fail.Exception: A mark asks for what there is not, or the test does not use what it asks for.
    """
    try:
        if events:
            _for_each_event(metafunc, events)
        if contract:
            _for_each_check(metafunc, contract)
    except EmitterError as error:
        pytest.fail(f"{metafunc.definition.nodeid}: {error}", pytrace=False)


def _for_each_event(metafunc: pytest.Metafunc, mark: pytest.Mark) -> None:
    if "zoom_event" not in metafunc.fixturenames:
        raise InvalidSettingError("the mark zoom_events is for tests that ask for zoom_event or zoom_request")
    names = parameters_of(catalog_of(metafunc.config), mark.args)
    metafunc.parametrize("zoom_event", names, ids=_short(names), indirect=True)


def _short(names: list[str]) -> list[str]:
    """Return the last parts of names, or the names where two would be alike."""
    short = [name.rpartition(".")[2] for name in names]
    return short if len(set(short)) == len(short) else names


def _for_each_check(metafunc: pytest.Metafunc, mark: pytest.Mark) -> None:
    config = metafunc.config
    options = _options(mark)
    contracts = config.stash.setdefault(_CONTRACTS, {})
    key = json.dumps(options, sort_keys=True)
    if key not in contracts:
        named = {**options, "receiver-url": SERVED_AT, "secret-token": LENT, "relayed": True}
        contracts[key] = Contract(judge_of(config), named)
    if not config.pluginmanager.has_plugin(_PLUGIN):
        config.pluginmanager.register(_ContractTests(), _PLUGIN)
        show_notes(config)
    checks = [_Check(contracts, options, test) for test in contracts[key].tests]
    metafunc.fixturenames.append(_FIXTURE)
    metafunc.parametrize(_FIXTURE, checks, ids=[check.name for check in checks], indirect=True)


def _options(mark: pytest.Mark) -> dict[str, Any]:
    """Return what a mark says, by the names of `check`'s options."""
    if mark.args:
        raise InvalidSettingError("zoom_contract takes names with values, as depth='quick', select='S01'")
    known = (*_TEXTS, *_SWITCHES)
    for name, value in mark.kwargs.items():
        if name not in known:
            nearest = tuple(difflib.get_close_matches(name, known, n=1))
            raise UnknownNameError("option of zoom_contract", name, nearest)
        if not isinstance(value, bool if name in _SWITCHES else str):
            expected = "True or False" if name in _SWITCHES else "text"
            raise InvalidSettingError(f"zoom_contract({name}={value!r}): expected {expected}")
    return {name.replace("_", "-"): value for name, value in mark.kwargs.items()}


class _Check:
    """One check and one event, for whichever receiver a test has."""

    def __init__(self, contracts: dict[str, Contract], options: dict[str, Any], test: dict[str, Any]) -> None:
        self._contracts = contracts
        self._options = options
        self._test = test
        event = "" if test["event"] == EVERY_EVENT else f"-{test['event']}"
        self.name = name_of(test) + event
        self.keywords = {test["code"], test["family"]}

    def verdict(self, zoom_emitter: ZoomEmitter) -> dict[str, Any]:
        """Return what it comes to: a state and a text.

        Raises:
            EmitterError: The judge cannot answer.
        """
        about = {**zoom_emitter.judges_options(), **self._options}
        key = json.dumps(about, sort_keys=True)
        if key not in self._contracts:
            self._contracts[key] = Contract(zoom_emitter.judge, about)
        return self._contracts[key].verdict(self._test, zoom_emitter.postman.inside)


def _verdict(check: _Check, zoom_emitter: ZoomEmitter) -> dict[str, Any]:
    try:
        return check.verdict(zoom_emitter)
    except EmitterError as error:
        return {"state": "failed", "text": str(error)}


class _ContractTests:
    """Runs the checks; registered where a test is marked ``zoom_contract``."""

    @pytest.fixture
    def zoom_check(self, request: pytest.FixtureRequest, zoom_emitter: ZoomEmitter) -> tuple[_Check, Any]:
        """Return the check that a test is for, and the way to the receiver."""
        return request.param, zoom_emitter

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Let codes and families select tests, and have the check set up: no function asks for it by name."""
        callspec = getattr(item, "callspec", None)
        check = callspec.params.get(_FIXTURE) if callspec else None
        if isinstance(item, pytest.Function) and isinstance(check, _Check):
            item.extra_keyword_matches |= check.keywords
            if _FIXTURE not in item.fixturenames:
                item.fixturenames.append(_FIXTURE)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run the check after the test's own body."""
        result = yield
        if _FIXTURE in pyfuncitem.funcargs:
            check, zoom_emitter = cast("tuple[_Check, ZoomEmitter]", pyfuncitem.funcargs[_FIXTURE])
            conclude(_verdict(check, zoom_emitter), pyfuncitem)
        return result
