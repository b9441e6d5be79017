from __future__ import annotations

import importlib
import pkgutil

import contracts
import emitter

# Running these on import is their purpose.
RUN_ON_IMPORT = {"emitter.__main__"}
MODULES = [
    found.name
    for package in (emitter, contracts)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if found.name not in RUN_ON_IMPORT
]


def test_every_module_can_be_imported_and_exports_what_it_says():
    unsorted, absent = [], []
    for name in ["emitter", "contracts", *MODULES]:
        module = importlib.import_module(name)
        exported = getattr(module, "__all__", [])
        if list(exported) != sorted(set(exported)):
            unsorted.append(name)
        absent += [f"{name}.{one}" for one in exported if not hasattr(module, one)]

    assert unsorted == []
    assert absent == []


def test_the_version_is_exported():
    assert "__version__" in emitter.__all__
