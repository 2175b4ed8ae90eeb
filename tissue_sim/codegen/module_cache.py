"""Generated source as files named by their content, so that numba's own cache finds the machine code again.

numba keys its cache by the source file's path, time and size. A file that is named by the hash of what stands
in it is written once and never touched again: the second process compiles nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["generated_folder", "load_module"]

PACKAGE = "tissue_sim_generated"


def generated_folder() -> Path:
    """Return the folder of generated sources, inside the cache of this version of the kernels."""
    from tissue_sim.kernels.compile import cache_folder

    folder = cache_folder() / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def load_module(source: str, stem: str) -> ModuleType:
    """Return the module of generated `source`, importing it from the cache folder.

    Parameters
    ----------
    source : str
        Python source. It may import numpy, numba, math and `tissue_sim.kernels` only.
    stem : str
        What the module is, in file-name letters (``ode_explicit``); the hash of the content is appended.

    Returns
    -------
    module
        The same object for the same source within one process.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()[:20]
    name = f"{PACKAGE}.{stem}_{digest}"
    present = sys.modules.get(name)
    if present is not None:
        return present
    path = _written(generated_folder() / f"{stem}_{digest}.py", source)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"generated module {path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _written(path: Path, source: str) -> Path:
    """Write the file if it is missing or damaged; another process may do the same at the same time."""
    content = source.encode()
    if path.exists() and path.read_bytes() == content:
        return path
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing_", suffix=".py")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
