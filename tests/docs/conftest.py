"""The tests of the tutorial, for other pages: they read and run blocks of code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture
def tutorial(monkeypatch):
    """The module `test_tutorial`."""
    path = Path(__file__).with_name("test_tutorial.py")
    spec = importlib.util.spec_from_file_location("tutorial_pages", path)
    pages = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "tutorial_pages", pages)
    spec.loader.exec_module(pages)
    return pages
