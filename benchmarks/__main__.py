"""Prints every figure of the README: ``make bench``. One thread unless said; medians; errors beside speed.

A million cells take two threads and a quarter of an hour or more: ``python -m benchmarks.million``.
"""

from __future__ import annotations

import platform

from benchmarks import (
    mechanics,
    network,
    network_boolean,
    network_stochastic,
    scaling,
    signals,
    startup,
    tissue,
)
from tissue_sim.kernels.threads import use_threads
from tissue_sim.recorder.header import machine_description, package_versions


def main() -> None:
    """Run all benchmarks, one after another."""
    machine, versions = machine_description(), package_versions()
    print(f"{machine['processor']}, {machine['processors']} processors, Python {platform.python_version()}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    # Memory first: a child's peak counts from what its parent held.
    for module in (
        startup, mechanics, signals, tissue, network, network_boolean, network_stochastic, scaling,
    ):  # fmt: skip
        use_threads(1)
        print(f"\n{module.__doc__.splitlines()[0]}")
        module.main()


if __name__ == "__main__":
    main()
