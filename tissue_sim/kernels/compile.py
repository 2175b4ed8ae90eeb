"""The one place that decides how kernels are compiled and where their machine code is kept.

Flags: never bare ``fastmath=True`` (it makes ``isnan(nan)`` False). ``reassoc`` is left out by default: it
deletes compensated summation and lets an element's last bit depend on its place in a vector.
Cache: numba does not notice a changed helper in another file (numba #8359), so the cache folder carries a
hash of all kernel sources.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Idle OpenMP threads sleep instead of spinning: a spinning one takes the core from whoever works, and on a
# busy machine every parallel region then lasts a time slice (measured: 33 ms a step against 2 ms).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cache_folder", "cache_stamp", "kernel", "kernels_are_compiled"]

FLAGS = frozenset({"nsz", "arcp", "contract", "afn"})


def _user_cache() -> Path:
    own = os.environ.get("TISSUE_SIM_CACHE")
    if own:
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "tissue_sim"


def cache_stamp() -> str:
    """Return a short hash of every kernel source and of the numba version."""
    digest = hashlib.sha256(numba.__version__.encode())
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        digest.update(path.relative_to(here).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _usable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return folder
    except OSError:
        fallback = Path(tempfile.gettempdir()) / "tissue_sim_cache" / folder.name
        fallback.mkdir(parents=True, exist_ok=True)
        return fallback


_FOLDER = _usable(_user_cache() / cache_stamp())
numba.config.CACHE_DIR = str(_FOLDER)


def cache_folder() -> Path:
    """Return the folder of this version's compiled and generated code."""
    return _FOLDER


def kernels_are_compiled() -> bool:
    """Say whether this version's cache holds machine code."""
    return any(_FOLDER.rglob("*.nbi"))


def kernel(
    function: Callable[..., Any] | None = None,
    *,
    parallel: bool = False,
    reassociate: bool = False,
    inline: bool = False,
) -> Any:
    """Compile a module-level function with the package's flags and cache.

    Parameters
    ----------
    parallel : bool
        Allow ``prange`` (over independent elements only; never a float reduction). Its index is unsigned
        inside: cast it, ``np.int64(i)``, where it is passed on, or the callee is compiled twice.
    reassociate : bool
        Add ``reassoc``; only where a measured gain is worth it and no sum is compensated.
    inline : bool
        Inline at numba's level (for scalar laws inside loops).
    """
    flags = set(FLAGS) | ({"reassoc"} if reassociate else set())

    def decorate(plain: Callable[..., Any]) -> Any:
        return numba.njit(
            cache=True,
            fastmath=flags,
            error_model="numpy",
            parallel=parallel,
            inline="always" if inline else "never",
        )(plain)

    return decorate(function) if function is not None else decorate
