"""Loads the snapshot factory that the tests of the recorder and of the analysis share."""

import importlib.util
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "synthetic_runs.py"


def _load():
    if "synthetic_runs" not in sys.modules:
        specification = importlib.util.spec_from_file_location("synthetic_runs", SOURCE)
        module = importlib.util.module_from_spec(specification)
        sys.modules["synthetic_runs"] = module
        specification.loader.exec_module(module)
    return sys.modules["synthetic_runs"]


@pytest.fixture(scope="session")
def synthetic():
    """The module with `snapshot`, `header` and the values they hold."""
    return _load()
