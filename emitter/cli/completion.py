"""``zoom-emitter completion``: what a shell needs to complete commands, options and their values."""

from __future__ import annotations

from typing import Final

import rich_click as click
from click.shell_completion import get_completion_class

from emitter.cli.main import COMPLETE_VARIABLE, NAME

SHELLS: Final = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what completes commands in your shell: options, events, check codes, receivers, deliveries.

    \b
      zoom-emitter completion bash >> ~/.bashrc
      zoom-emitter completion zsh > "${fpath[1]}/_zoom-emitter"
      zoom-emitter completion fish > ~/.config/fish/completions/zoom-emitter.fish
      eval "$(zoom-emitter completion bash)"         # in this shell only
    """
    completes = get_completion_class(shell)
    assert completes is not None  # noqa: S101 - for the type checker
    made = completes(click.Command(NAME), {}, NAME, COMPLETE_VARIABLE)
    click.echo(made.source_template % made.source_vars())
