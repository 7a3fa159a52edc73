"""The virtual environment that holds the pinned engines. Standard library only: it runs before there is one."""
import os
import subprocess
import sys
import venv
from pathlib import Path


def cache_dir():
    """Return the folder for what can be made again: the environment, exported networks, converted models."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "nncc" / "peers"


def enter(folder, requirements):
    """Continue in the environment at `folder` with `requirements` installed, creating what is missing."""
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"creating {folder}", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    print("checking the pinned engines (the first time this downloads about 4 GB)", file=sys.stderr, flush=True)
    subprocess.run(install, check=True)
    os.execv(python, [str(python), *sys.argv])
