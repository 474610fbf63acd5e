"""Programs that a hazard needs, found on this machine."""

import shutil

_MORE_PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"


def find_program(name: str) -> str | None:
    """The path of a program, also where only root's PATH looks."""
    return shutil.which(name) or shutil.which(name, path=_MORE_PLACES)
