"""How requests are read before a model looks at them: JSON strictly, a query with each name once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Request, abort
from flask import request as current

from emitter.catalog.json_values import DECODER, kind_of
from emitter.errors import InvalidFieldsError

if TYPE_CHECKING:
    from flask import Flask


class StrictRequest(Request):
    """Reads JSON as `emitter.catalog.json_values` does; what is none is a bad request."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # noqa: FBT001, FBT002 - werkzeug's
        """Return the object in the body.

        Aborts with 400 where it is no JSON, or holds text that has no UTF-8 form.

        Raises:
            InvalidFieldsError: It is JSON but no object.
        """
        del force, silent
        raw = self.get_data(cache=cache)
        value = _json_of(raw)
        if not isinstance(value, dict):
            # Raised here, since a string would be read as JSON once more on the way to the form.
            raise InvalidFieldsError([("", f"expected an object, found {kind_of(value)}")])
        return value


def read_strictly(app: Flask) -> None:
    """Make the app read its requests so, and refuse a query that says something twice."""
    app.request_class = StrictRequest
    app.before_request(_refuse_repeated)


def _refuse_repeated() -> None:
    repeated = [(f"/{name}", "given more than once") for name, all_ in current.args.lists() if len(all_) > 1]
    if repeated:
        raise InvalidFieldsError(repeated)


def _json_of(raw: bytes) -> Any:
    try:
        value = DECODER.decode(raw.decode())
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        abort(400, f"the body is not UTF-8 at byte {error.start}; send JSON as UTF-8")
    except UnicodeEncodeError:
        abort(400, r"the body holds half of a surrogate pair, such as \ud83d alone; write both or neither")
    except RecursionError:
        abort(400, "the body is nested too deeply; send it flatter, or as text in the field body")
    except ValueError as error:
        abort(400, f"the body is not JSON: {error}" if raw else "the body is empty; send a JSON object")
    return value
