"""Antimony text to SBML by Antimony's own library, long texts in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tissue_sim.errors import SettingsError

__all__ = ["LONGEST", "as_sbml"]

FEW = 150
"""Statements that are read at once; the library's time grows with the cube of chained assignments."""
LONGEST = 60.0
"""s; then a long text is given up."""
CODE = """
import json, sys
from tissue_sim.network.sbml import from_antimony
print(json.dumps(from_antimony.translated(sys.stdin.buffer.read().decode("utf-8"))))
"""


def as_sbml(text: str, file_name: str) -> str:
    """Return the SBML text of an Antimony text.

    Raises
    ------
    SettingsError
        The library refuses it, or takes too long.
    """
    long = text.count("\n") + text.count(";") > FEW
    sbml, message = _in_a_process(text, file_name) if long else translated(text)
    if message:
        raise SettingsError(f"{file_name}: {message}")
    return sbml


def translated(text: str) -> tuple[str, str]:
    """Return (SBML, what the library refuses), one of them empty."""
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        return "", _last_error(antimony)
    return str(antimony.getSBMLString(antimony.getMainModuleName())), ""


def _in_a_process(text: str, file_name: str) -> tuple[str, str]:
    # Only a process can be ended in the middle of a library's call.
    try:
        done = subprocess.run(
            [sys.executable, "-c", CODE],
            input=text.encode(),
            capture_output=True,
            timeout=LONGEST,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise SettingsError(
            f"{file_name}: the Antimony library needs more than {LONGEST:g} s for it; make it shorter, or "
            "give the model as SBML"
        ) from error
    except subprocess.CalledProcessError as error:
        raise SettingsError(f"{file_name}: the Antimony library failed on it") from error
    sbml, message = json.loads(done.stdout.splitlines()[-1])
    return str(sbml), str(message)


def _last_error(antimony: Any) -> str:
    try:
        message = str(antimony.getLastError())
    except UnicodeDecodeError as error:  # it quotes the first byte of a character
        message = error.object.decode("utf-8", "replace")
    return " ".join(message.split())[:300]
