"""Runs cases of the SBML semantic suite and prints one JSON line each; its README has the formats.

Run as a script; with NUMBA_DISABLE_JIT=1 generated kernels run as plain Python, which for hundreds of small
models is quicker than compiling each.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import libsbml
import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

TIGHT = ToleranceSettings(relative=1e-9, absolute=1e-13)


def settings_of(folder: Path) -> dict[str, str]:
    lines = (folder / f"{folder.name}-settings.txt").read_text().splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def reported(model, sbml, found, name: str, settings: dict[str, str]) -> np.ndarray:
    """Return a variable over time as amount or concentration, as the settings ask."""
    values = found[model.renamed.get(name, name)][0]
    species = sbml.getSpecies(name)
    if species is None:
        return values
    compartment = sbml.getCompartment(species.getCompartment())
    volume = found[model.renamed.get(compartment.getId(), compartment.getId())][0]
    amount = species.getHasOnlySubstanceUnits() or compartment.getSpatialDimensionsAsDouble() == 0
    if name in listed(settings.get("amount", "")) and not amount:
        return values * volume
    if name in listed(settings.get("concentration", "")) and amount:
        return values / volume
    return values


def wrong_variables(folder: Path) -> list[str]:
    """Return the variables of a case that miss the reference at some row."""
    settings = settings_of(folder)
    file = next(folder.glob("*.xml"))
    model = readers()["sbml"].read(file.read_bytes(), file.name, Given())
    sbml = libsbml.readSBMLFromFile(str(file)).getModel()
    start, steps = float(settings["start"]), int(settings["steps"])
    times = start + np.linspace(0.0, float(settings["duration"]), steps + 1)
    variables = listed(settings["variables"])
    wanted = [*variables, *(sbml.getCompartment(i).getId() for i in range(sbml.getNumCompartments()))]
    also = [model.renamed.get(name, name) for name in wanted]
    found = simulate(model, times, also=also, tolerance=TIGHT)
    rows = list(csv.reader((folder / f"{folder.name}-results.csv").open()))
    table = np.array([[float(value) for value in row] for row in rows[1:] if row])
    absolute, relative = float(settings["absolute"]), float(settings["relative"])
    wrong = []
    for column, name in enumerate(variables, start=1):
        values, reference = reported(model, sbml, found, name, settings), table[:, column]
        with np.errstate(invalid="ignore"):
            near = np.abs(values - reference) <= absolute + relative * np.abs(reference)
        same = (values == reference) | (np.isnan(values) & np.isnan(reference))
        finite = np.isfinite(reference)
        if not np.where(finite, near, same).all():
            wrong.append(name)
    return wrong


def main(folder: Path, cases: list[str]) -> None:
    for case in cases:
        try:
            wrong = wrong_variables(folder / case)
            result = {"case": case, "verdict": "fail" if wrong else "pass", "detail": ", ".join(wrong)}
        except SettingsError as error:
            result = {"case": case, "verdict": "refused", "detail": str(error)}
        except Exception as error:  # noqa: BLE001 - the report says what happened
            result = {"case": case, "verdict": "error", "detail": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
