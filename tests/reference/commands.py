"""The commands, as click knows them."""

from __future__ import annotations

import importlib
import inspect
import textwrap

import click

from emitter.cli.main import COMMANDS, SECTIONS, cli

_INTRODUCTION = """\
# Commands

What `zoom-emitter COMMAND --help` says, on one page. Every option of a command can be given as an
environment variable instead, in capitals with `_` for `-`: `--depth` of `check` is
`ZOOM_EMITTER_CHECK_DEPTH`; several values of one option are parted by spaces. A flag wins over the
variable, the variable over [the settings](settings.md). `--spec FILE` may stand before or after every
command. `zoom-webhook-emitter` is another name of the same program.

Exit status: 0 all well, 1 found wanting, 2 usage, input or surroundings, 3 no connection to the receiver at
all, 4 a defect of zoom-emitter, 130 interrupted. Data goes to standard output, all else to standard error.
"""


def page():
    """Return the page."""
    parts = [_INTRODUCTION]
    for section, names in SECTIONS.items():
        parts.append(f"## {section}\n")
        parts += [part for name in names for part in _command(_loaded(name), f"zoom-emitter {name}")]
    return "\n".join(parts)


def _loaded(name):
    module, _, attribute = COMMANDS[name][0].partition(":")
    return getattr(importlib.import_module(module), attribute)


def _command(command, path):
    level = "#" * (path.count(" ") + 2)
    context = click.Context(command, info_name=path, parent=click.Context(cli, info_name=""))
    yield f"{level} {path}\n"
    usage = " ".join(piece for piece in command.collect_usage_pieces(context) if piece)
    yield f"```text\n{path} {usage}\n```\n"
    yield _help(command.help or "")
    if options := [each for each in command.params if isinstance(each, click.Option) and not each.hidden]:
        yield "| option | |\n|---|---|"
        yield "\n".join(_option(each) for each in options) + "\n"
    for name, below in getattr(command, "commands", {}).items():
        yield from _command(below, f"{path} {name}")


def _help(text):
    """Return a docstring as Markdown; what click is told to leave alone are examples."""
    parts = []
    for paragraph in inspect.cleandoc(text).replace("\f", "").split("\n\n"):
        if paragraph.startswith("\b"):
            lines = paragraph.partition("\n")[2]
            parts.append(f"```text\n{textwrap.dedent(lines)}\n```")
        else:
            parts.append(_in_markdown(" ".join(paragraph.split())))
    return "\n\n".join(parts) + "\n"


def _option(option):
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    metavar = _metavar(option)
    said = [_in_markdown(option.help or "")]
    if option.show_default and option.default not in {None, ""}:
        said.append(f"Default: `{option.default}`.")
    if option.multiple:
        said.append("May be repeated.")
    if isinstance(option.envvar, str) and not option.envvar.startswith("ZOOM_EMITTER_CHECK"):
        said.append(f"Variable: `{option.envvar}`.")
    return f"| {names}{f' `{metavar}`' if metavar else ''} | {' '.join(said)} |"


def _metavar(option):
    if option.is_flag or option.count:
        return ""
    if option.metavar:
        return option.metavar.replace("|", "\\|")
    if isinstance(option.type, click.Choice):
        return "\\|".join(map(str, option.type.choices))
    return option.type.name.replace(" range", "").upper()


def _in_markdown(text):
    return text.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|")
