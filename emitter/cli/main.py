"""The command group: loads a command's module only when it is called, and turns errors into exit statuses."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final, NoReturn

import rich_click as click
from click.exceptions import Exit
from rich_click.rich_panel import RichCommandPanel

from emitter._version import __version__
from emitter.cli.catalogs import spec_option, with_spec_option
from emitter.errors import EmitterError

NAME: Final = "zoom-emitter"
COMPLETE_VARIABLE: Final = "_ZOOM_EMITTER_COMPLETE"
"""Set by a shell that asks what may come next; click makes its name from the command's."""
INTERRUPTED: Final = 130
OUR_OWN_DEFECT: Final = 4

# name: (module:attribute, one line of help); in the order of the sections below.
COMMANDS: Final = {
    "demo": ("emitter.cli.demo:demo", "Deliver a whole story to a sample receiver and show every attempt."),
    "serve": ("emitter.cli.serve:serve", "Run the emitter as a local web service."),
    "emit": ("emitter.cli.emit:emit", "Send signed events to a receiver."),
    "validate-url": (
        "emitter.cli.validate_url:validate_url",
        "Perform Zoom's URL validation and explain a failure.",
    ),
    "sample-receiver": ("emitter.cli.sample_receiver:sample_receiver", "Run a correct receiver to send to."),
    "deliveries": ("emitter.cli.deliveries:deliveries", "Look at, replay, resume and export what was sent."),
    "check": (
        "contracts.cli.check:check",
        "Judge receivers: what breaks, what lets others in, how to mend it.",
    ),
    "report": ("contracts.cli.report:report", "Compare reports of `check`, and say what form they have."),
    "sign": ("emitter.cli.sign:sign", "Print the signature of exact bytes."),
    "verify": ("emitter.cli.verify:verify", "Check a recorded request's signature, or say why it fails."),
    "corpus": ("emitter.cli.corpus:corpus", "Make fixture corpora from one seed, and check them."),
    "events": ("emitter.cli.events:events", "List and show the events."),
    "worker": ("emitter.cli.worker:worker", "Make the attempts of an app on another machine."),
    "spec": ("emitter.cli.spec:spec", "Show the webhook document the events come from."),
    "config": ("emitter.cli.config:config", "Show what the settings come to, and where each is from."),
    "doctor": ("emitter.cli.doctor:doctor", "Look at the surroundings, and say what to do."),
    "completion": ("emitter.cli.completion:completion", "Print what completes commands in your shell."),
}

SECTIONS: Final = {
    "Try": ["demo", "serve", "emit", "validate-url", "sample-receiver", "deliveries"],
    "Check": ["check", "report", "sign", "verify"],
    "Fixtures": ["corpus", "events"],
    "More": ["worker", "spec", "config", "doctor", "completion"],
}


class LazyGroup(click.RichGroup):
    """A group that knows its commands' names and one-line help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the sections."""
        return [*COMMANDS]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that is about to run."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        if stand_in is None or stand_in.name is None:
            return name, stand_in, rest
        command = imported(stand_in.name)
        if COMPLETE_VARIABLE in os.environ:
            from emitter.cli.completing import complete_values  # noqa: PLC0415 - only for a shell that asks

            complete_values(command, (stand_in.name,))
        else:
            ctx.default_map = _defaults_of(stand_in.name, command)
        return name, with_spec_option(command), rest


def imported(name: str) -> click.Command:
    """Return one of `COMMANDS`, imported now."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(importlib.import_module(module), attribute)
    return command


def _defaults_of(name: str, command: click.Command) -> dict[str, Any]:
    """Return what the settings say of a command's options, for click.

    Raises:
        UsageError: The settings cannot be read, or say what the command does not know.
    """
    from emitter.settings.file import load_settings  # noqa: PLC0415
    from emitter.settings.keys import COMMAND_TABLES  # noqa: PLC0415

    if name not in COMMAND_TABLES:
        return {}
    settings = load_settings(Path.cwd())
    if settings.path is None or name not in settings.commands:
        return {}
    from emitter.cli.option_tables import default_map  # noqa: PLC0415 - few have such a table

    table = settings.commands[name]
    return {name: default_map(command, table, where=f"{name} in {settings.path.name}")}


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "ZOOM_EMITTER"},
)
@click.version_option(__version__, prog_name="zoom-emitter", message="%(prog)s %(version)s")
def cli() -> None:
    """Send yourself Zoom webhooks: signed, retried and recorded exactly as Zoom does, offline."""


cli.params.append(spec_option())
# Stand-ins that carry the one line of help, until a command is called.
cli.commands.update({name: click.RichCommand(name=name, help=text) for name, (_, text) in COMMANDS.items()})
for _name, _commands in SECTIONS.items():
    cli.add_panel(RichCommandPanel(_name, commands=_commands))


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0, 1 and 3 are a command's own, 2 and 4 and 130 are given here."""
    try:
        cli.main(args=arguments, prog_name=NAME, standalone_mode=False, color=_colour())
    except click.Abort:
        _leave("interrupted", INTERRUPTED)
    except KeyboardInterrupt:
        _leave("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exit as error:
        sys.exit(error.exit_code)
    except EmitterError as error:
        _leave(f"error: {error}", error.exit_status)
    except BrokenPipeError:
        sys.exit(0)
    except Exception:  # noqa: BLE001 - whatever it is, it is no verdict on a receiver
        traceback.print_exc()
        _leave("this is a defect of zoom-emitter; please report it with the lines above", OUR_OWN_DEFECT)
    sys.exit(0)


def _colour() -> bool | None:
    """Return False where the user wants none (no-color.org); click knows whether there is a terminal."""
    return False if os.environ.get("NO_COLOR") else None


def _leave(message: str, status: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)
