"""A learned network: an ONNX file whose outputs are the rates, or the next values, of the species."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.errors import SettingsError
from tissue_sim.network.learned.onnx_file import read_onnx
from tissue_sim.network.learned.terms import applied_to
from tissue_sim.network.model import NetworkModel, Parameter, RateRule, Species
from tissue_sim.network.reader import Given, Reader

__all__ = ["LearnedReader"]


class LearnedReader(Reader):
    """Reads an ONNX file: outputs are dX/dt, or with a period the next X, of the species in their order.

    The inputs of the file are the species, then the scenario's inputs, then its parameters, in the order in
    which these are written.
    """

    name: ClassVar[str] = "learned"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        function = read_onnx(content, file_name)
        if not given.species:
            raise SettingsError(
                f"{file_name} has {function.outputs} outputs; name them under `species`, in their order"
            )
        names = (*given.species, *given.inputs, *given.parameters)
        if function.outputs != len(given.species):
            raise SettingsError(
                f"{file_name} has {function.outputs} outputs, `species` names {len(given.species)}"
            )
        if function.inputs != len(names):
            raise SettingsError(
                f"{file_name} has {function.inputs} inputs: species, then inputs, then parameters; found "
                f"{len(given.species)} + {len(given.inputs)} + {len(given.parameters)}"
            )
        for name in given.species:
            if name not in given.initial:
                raise SettingsError(f"species '{name}' has no initial value; give it under `initial`")
        values = applied_to(function, names)
        model = NetworkModel(
            name=file_name,
            species=tuple(Species(name, given.initial[name]) for name in given.species),
            parameters=tuple(Parameter(name, value) for name, value in given.parameters.items()),
            inputs=given.inputs,
            rate_rules=tuple(RateRule(*each) for each in zip(given.species, values, strict=True)),
            period=given.period,
        )
        return model.with_initial(given.initial)
