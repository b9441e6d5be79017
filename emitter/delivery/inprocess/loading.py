"""Imports an app; whatever goes wrong is one line that says what to do."""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emitter.delivery.secret_sources import VARIABLES
from emitter.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from emitter.core.secrets import SecretToken
    from emitter.delivery.inprocess.naming import AppName


def lend_secret(secret_token: SecretToken, environ: MutableMapping[str, str] = os.environ) -> str:
    """Put the secret token where apps look for it, unless something is there; return the name or nothing.

    Called before the app is imported: many read their settings once, at the top of the module.
    """
    if environ.get(VARIABLES[0]):
        return ""
    environ[VARIABLES[0]] = secret_token.reveal()
    return VARIABLES[0]


def load_app(name: AppName) -> Any:
    """Return the app, imported from the current folder or from what is installed.

    What it prints meanwhile goes to stderr.

    Raises:
        UsageError: The module cannot be imported, has no such attribute, or that is no app.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    with redirect_stdout(sys.stderr):
        found = _attribute(_imported(name), name)
        if name.is_called:
            found = _called(found, name)
    if not callable(found):
        raise UsageError(
            f"{name.module}:{name.attribute} is {type(found).__name__!r}, no WSGI or ASGI app; "
            f"if it makes one, write '{name.module}:{name.attribute}()'"
        )
    return found


def is_asgi(app: Any) -> bool:
    """Say whether an app is called as ASGI says, rather than as WSGI says."""
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004


def _imported(name: AppName) -> Any:
    try:
        return importlib.import_module(name.module)
    except ModuleNotFoundError as error:
        if error.name and (name.module == error.name or name.module.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module {error.name!r} here or among what is installed; "
                "run from the folder that holds it"
            ) from None
        raise UsageError(f"{name.module} cannot be imported: it wants the module {error.name!r}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the app's code raises
        raise UsageError(f"{name.module} cannot be imported: {_said(error)}") from None


def _attribute(module: Any, name: AppName) -> Any:
    found = module
    for part in name.attribute.split("."):
        if not hasattr(found, part):
            nearest = difflib.get_close_matches(part, vars(found) if hasattr(found, "__dict__") else (), n=1)
            raise UnknownNameError(f"attribute of {name.module}", part, tuple(nearest))
        found = getattr(found, part)
    return found


def _called(factory: Any, name: AppName) -> Any:
    try:
        return factory()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the app's code raises
        raise UsageError(f"{name} makes no app: {_said(error)}") from None


def _said(error: BaseException) -> str:
    """Return an error on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
