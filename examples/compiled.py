"""Third way to extend: a scalar function, compiled into the loop over cells, as fast as built-ins."""

from tissue_sim import Cell, CompiledStep


def speed_from_oxygen(oxygen: float, age: float) -> float:
    """Return a speed in um/min: cells search while oxygen is short, young cells rest."""
    if age < 60.0:
        return 0.0
    return 1.5 / (1.0 + (oxygen / 10.0) ** 2)


class Searcher(Cell):
    """Cells that move faster the less oxygen they feel."""

    compiled_step = CompiledStep(
        speed_from_oxygen,
        reads={"oxygen": "signal.oxygen", "age": "cell.age"},
        writes=["motility.speed"],
    )
