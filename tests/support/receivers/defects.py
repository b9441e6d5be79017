"""All receivers with one defect: those of every module in `defective`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.receivers.reference import Defect

_FOLDER = Path(__file__).with_name("defective")

DEFECTS: tuple[Defect, ...] = tuple(
    defect
    for path in sorted(_FOLDER.glob("*.py"))
    for defect in importlib.import_module(f"tests.support.receivers.defective.{path.stem}").DEFECTS
)
