"""``zoom-emitter corpus``: fixtures for tests, parsers, pipelines and warehouses."""

from __future__ import annotations

import rich_click as click

from emitter.cli.corpus_make import make
from emitter.cli.corpus_verify import verify


@click.group(name="corpus")
def corpus() -> None:
    """Make a fixture corpus from one seed, or check one.

    \b
      zoom-emitter corpus make fixtures/corpus
      zoom-emitter corpus verify fixtures/corpus
    """


corpus.add_command(make)
corpus.add_command(verify)
