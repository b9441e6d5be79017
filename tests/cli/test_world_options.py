from __future__ import annotations

import subprocess
import sys

import rich_click as click
from click.testing import CliRunner

from emitter.cli.world_options import locale_option, pools_of


@click.command()
@locale_option
def tell(locales):
    click.echo("|".join(locales))


def test_locales_are_given_several_times_or_with_commas():
    runner = CliRunner()

    assert runner.invoke(tell, []).output == "\n"
    assert runner.invoke(tell, ["--locale", "de_DE", "--locale", "ja_JP"]).output == "de_DE|ja_JP\n"
    assert runner.invoke(tell, ["--locale", "de_DE, ja_JP,"]).output == "de_DE|ja_JP\n"
    assert runner.invoke(tell, [], env={"ZOOM_EMITTER_LOCALE": "fr_FR"}).output == "fr_FR\n"


def test_pools_are_drawn_only_where_a_locale_is_given():
    assert pools_of((), 1) is None

    pools = pools_of(("ko_KR",), 1)
    assert pools is not None
    assert not pools.names[0].full.isascii()


def test_faker_is_not_imported_where_no_locale_is_given():
    script = (
        "import sys; from emitter.cli.world_options import pools_of; pools_of((), 1);"
        "print('faker' in sys.modules)"
    )

    assert subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout == ("False\n")
