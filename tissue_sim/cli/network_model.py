"""The network a command names: a file by itself, or one of a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError, UsageError, did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import ToleranceSettings
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["Opened", "open_network", "placed"]


@dataclass(frozen=True)
class Opened:
    """A network with what is to be done with it.

    Attributes
    ----------
    model : NetworkModel
    inputs : dict of name to value
        Those that were given.
    method : str
    tolerance : ToleranceSettings
    given : mapping of name to Distribution
        All that the command line gives, inputs too.
    """

    model: NetworkModel
    inputs: dict[str, float]
    method: str
    tolerance: ToleranceSettings
    given: Mapping[str, Distribution]


def open_network(options: argparse.Namespace) -> Opened:
    """Return the network that MODEL and the options name.

    Raises
    ------
    UsageError
        It cannot be read, or a value does not fit; the message begins with the file, line and column.
    """
    path, name = _path_and_name(options.model, options.name)
    values = _values(options.values)
    try:
        if path.suffix.lower() in (".yaml", ".yml"):
            if options.cfg:
                raise UsageError("--cfg belongs to a file MODEL.bnd; a scenario names its own files")
            return _from_scenario(path, name, values, options)
        if name is not None:
            raise UsageError(f"--name {name}: {path} is no scenario")
        return _from_file(path, values, options)
    except SettingsError as error:
        raise placed(error, path) from error


def placed(error: SettingsError, path: Path) -> UsageError:
    """Return the error with the file's name, and line and column where it has them."""
    place = str(path)
    if error.offset and path.suffix.lower() == ".txt":
        before = path.read_text(encoding="utf-8")[: error.offset]
        place += f":{before.count(chr(10)) + 1}:{error.offset - before.rfind(chr(10))}"
    return UsageError(f"{place}: {error.message}")


def _path_and_name(model: str, name: str | None) -> tuple[Path, str | None]:
    path = Path(model)
    if not path.exists() and ":" in model:
        first, _, last = model.rpartition(":")
        if Path(first).exists():
            path, name = Path(first), name or last
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UsageError(f"{path} {what}; MODEL is a file, or SCENARIO.yaml:NETWORK")
    return path, name


def _values(texts: list[str]) -> dict[str, Distribution]:
    from tissue_sim.tissue.distributions import parse_distribution

    values = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise UsageError(f"--set {text}: write NAME=VALUE")
        try:
            values[name.strip()] = parse_distribution(value.strip())
        except SettingsError as error:
            raise UsageError(f"--set {text}: {error.message}") from error
    return values


def _from_file(path: Path, values: Mapping[str, Distribution], options: argparse.Namespace) -> Opened:
    from tissue_sim.network.analysis.model_file import read_model
    from tissue_sim.network.settings import ToleranceSettings

    species = tuple(part.strip() for part in (options.species or "").split(",") if part.strip())
    for each in options.cfg or ():
        if not each.is_file():
            raise UsageError(f"--cfg {each}: there is no such file")
    model = read_model(path, values, species=species, period=options.every, cfg=options.cfg)
    method = options.method or _usual_method(model)
    return Opened(model, {}, method, _tolerance(ToleranceSettings(), options), values)


def _usual_method(model: NetworkModel) -> str:
    if model.period is not None:
        return "map"
    return "boolean_continuous" if model.nodes else "ode"


def _tolerance(tolerance: ToleranceSettings, options: argparse.Namespace) -> ToleranceSettings:
    if options.tolerance is None:
        return tolerance
    if not 1e-13 <= options.tolerance <= 0.1:
        raise UsageError(f"--tolerance {options.tolerance:g}: allowed is 1e-13 to 0.1")
    return tolerance.model_copy(update={"relative": options.tolerance})


def _from_scenario(
    path: Path, name: str | None, values: dict[str, Distribution], options: argparse.Namespace
) -> Opened:
    from tissue_sim.network.analysis.model_file import with_values
    from tissue_sim.scenario.scenario import load_scenario

    scenario = load_scenario(str(path))
    known = list(scenario.models)
    if name is None and len(known) == 1:
        name = known[0]
    if name not in known:
        asked = f"no network '{name}'" if name else "several networks; name one"
        hint = did_you_mean(name or "", known)
        raise UsageError(f"{path} has {asked if known else 'no networks'}: {', '.join(known) or '-'}{hint}")
    model, settings = scenario.models[name], scenario.settings.networks[name]
    inputs, given = {}, dict(values)
    for key in [each for each in values if each in model.inputs]:
        value = values.pop(key)
        if not value.is_fixed:
            raise UsageError(f"--set {key}: an input is one number")
        inputs[key] = value.mean
    return Opened(
        with_values(model, values),
        inputs,
        options.method or settings.method,
        _tolerance(settings.tolerance, options),
        given,
    )
