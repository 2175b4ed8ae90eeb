"""Prints every figure of the README: ``make bench``. One thread; medians; errors beside speeds."""

from __future__ import annotations

import os
import platform

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

from benchmarks import mechanics, network, network_boolean, network_stochastic, signals, startup
from tissue_sim.recorder.header import machine_description, package_versions


def main() -> None:
    """Run all benchmarks, one after another."""
    machine, versions = machine_description(), package_versions()
    print(f"{machine['processor']}, {machine['processors']} processors, Python {platform.python_version()}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    for module in (mechanics, signals, network, network_boolean, network_stochastic, startup):
        print(f"\n{module.__doc__.splitlines()[0]}")
        module.main()


if __name__ == "__main__":
    main()
