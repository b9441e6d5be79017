"""What `check --report` writes, from its modules and its schema."""

from __future__ import annotations

import importlib
import json

from contracts.reports import FORMATS, JOINT
from tests.support.command import zoom_emitter


def page():
    """Return the page."""
    rows = [f"| `{name}` | {_what(module)} | {_how_many(name)} |" for name, module in FORMATS.items()]
    schema = json.dumps(json.loads(zoom_emitter("report", "schema").text), indent=2, ensure_ascii=False)
    return f"""\
# Reports

`zoom-emitter check … --report FORMAT=PATH`, as often as you like; `-` is standard output. No report holds a
secret. What the keys of the JSON report mean stands in [formats.md](../formats.md#a-report-of-findings),
how a baseline is used in [check.md](../check.md#adopting-it-for-an-old-receiver).

| format | what it is | of several receivers |
|---|---|---|
{chr(10).join(rows)}

## The JSON report

What `zoom-emitter report schema` prints:

```json
{schema}
```
"""


def _what(module):
    text = " ".join((importlib.import_module(module).__doc__ or "").split("\n\n")[0].split())
    return text.replace("|", "\\|")


def _how_many(name):
    return "one text" if name in JOINT else "a file each, with the receiver's name in it"
