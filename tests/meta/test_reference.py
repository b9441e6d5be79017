"""The pages that are made from the code are as the code is; public names stay."""

from __future__ import annotations

import ast

import pytest

from tests.reference.__main__ import PAGES
from tests.reference.python_api import PUBLIC
from tests.support.snippets import PAGES as ALL_PAGES
from tests.support.snippets import ROOT, blocks_of

OURS = ("emitter", "contracts")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_is(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name](), (
        "python -m tests.reference docs"
    )


def test_what_the_pages_import_is_public():
    used = {
        (node.module, alias.name)
        for page in ALL_PAGES
        for block in blocks_of(page)
        if block.language == "python"
        for node in ast.walk(ast.parse(block.text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS)
        for alias in node.names
    }

    assert used - {(module, name) for module, names in PUBLIC.items() for name in names} == set()


@pytest.mark.parametrize("package", OURS)
def test_a_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").exists()
