"""Coverage sets of Zoom's published documents, where those lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog
from emitter.errors import InvalidSpecError
from emitter.faking.variants import variants

SPECS = Path(__file__).parents[3].parent / "shared" / "specs"
DOCUMENTS = sorted(SPECS.glob("*.json"))
NOW_MS = 1_763_888_888_000


@pytest.mark.slow
@pytest.mark.skipif(not DOCUMENTS, reason="the published documents are not beside the repository")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_coverage_set_of_every_published_event_fits_its_schema(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    webhooks = document.get("webhooks") or document["paths"]
    catalog = Catalog.from_document(
        document | {"webhooks": {name.lstrip("/"): item for name, item in webhooks.items()}}
    )
    shown = 0
    for event_type in catalog:
        try:
            found = [*variants(event_type, seed=1, now_ms=NOW_MS)]
        except InvalidSpecError:
            continue
        shown += 1
        validator = jsonschema_rs.Draft202012Validator(event_type.schema)
        assert all(validator.is_valid(each.event.envelope) for each in found), event_type.name
        assert len({each.name.lower() for each in found}) == len(found)
        assert {"required-only", "all-fields"} <= {each.name for each in found}
    assert shown > len(catalog) / 2
