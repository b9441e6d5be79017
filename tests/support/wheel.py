"""The wheel, installed where nothing of this folder can be seen, without a network.

Its dependencies are those of the environment that runs this, put on the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def output_of(*command: str | Path, cwd: Path) -> str:
    """Return what a program prints; it must succeed."""
    ran = subprocess.run(
        command, cwd=cwd, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def build_wheel(folder: Path, source: Path = ROOT) -> Path:
    """Build the wheel into a folder and return its path."""
    return _build("wheel", folder, source)


def build_sdist(folder: Path) -> Path:
    """Build the source distribution into a folder and return its path."""
    return _build("sdist", folder, ROOT)


def _build(kind: str, folder: Path, source: Path) -> Path:
    folder.mkdir(exist_ok=True)
    build = (sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, source)
    output_of(*build, cwd=folder)
    (built,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def environment_with(wheel: Path, folder: Path) -> Path:
    """Make an environment that holds the wheel, its bytecode compiled, and return the folder of commands."""
    venv.create(folder, with_pip=False)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = commands / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    output_of(*pip, "install", "--quiet", "--compile", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = output_of(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    (Path(packages.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return commands
