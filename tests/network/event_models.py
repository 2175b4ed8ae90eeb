"""Networks with events that several tests share; few, because each is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.network.model import Event, EventAssignment, NetworkModel, Parameter, RateRule, Species
from tissue_sim.tissue.distributions import parse_distribution

NOW = {"values_at_trigger": False}


def event(name: str, trigger: str, assignments: Mapping[str, str], **options) -> Event:
    for key in ("delay", "priority"):
        if key in options:
            options[key] = parse_expression(options[key])
    made = tuple(EventAssignment(target, parse_expression(text)) for target, text in assignments.items())
    return Event(name, parse_expression(trigger), made, **options)


def network(
    rates: Mapping[str, str],
    events: Iterable[Event],
    initial: Mapping[str, float | str] | None = None,
    parameters: Mapping[str, float | str] | None = None,
) -> NetworkModel:
    first = initial or {}
    return NetworkModel(
        "net",
        tuple(Species(name, parse_distribution(first.get(name, 0.0))) for name in rates),
        tuple(Parameter(name, parse_distribution(value)) for name, value in (parameters or {}).items()),
        rate_rules=tuple(RateRule(name, parse_expression(text)) for name, text in rates.items()),
        events=tuple(events),
    )


def ball() -> NetworkModel:
    """Falls from `x`, bounces with `e`; counts and times its bounces, keeps the top between them."""
    return network(
        {"x": "v", "v": "-9.81"},
        [
            event("bounce", "x < 0", {"v": "-e*v", "count": "count + 1", "when": "time"}),
            event("top", "v < 0", {"height": "x"}),
        ],
        {"x": 10.0},
        {"e": 0.9, "count": 0.0, "when": 0.0, "height": 0.0},
    )


def order() -> NetworkModel:
    """One clock `A` = time and an event for each rule of execution."""
    return network(
        {"A": "1"},
        [
            event("last", "A >= 1", {"log": "10*log + 3"}, **NOW),
            event("second", "A >= 1", {"log": "10*log + 1"}, priority="1 - log", **NOW),
            event("first", "A >= 1", {"log": "10*log + 2"}, priority="2 + log", **NOW),
            event("third", "A >= 1", {"log": "10*log + 4", "old": "log"}, priority="-20"),
            event("late", "A >= 2", {"taken": "A", "taken_at": "time"}, delay="A/4"),
            event("later", "A >= 2", {"found": "A", "found_at": "time"}, delay="A/4", **NOW),
            event(
                "called_off", "A >= 3 and A < 3.001", {"never": "1"}, delay="0.5", persistent=False
            ),
            event("stays", "A >= 3 and A < 3.001", {"yes": "time"}, delay="0.5"),
            event("one", "A >= 4", {"c": "1"}),
            event("two", "c > 0.5", {"d": "c + 1", "c": "0"}),
            event("three", "d > 1.5", {"cascade_at": "time", "rearmed": "rearmed + 1", "d": "0"}),
            event("again", "A >= 5", {"c": "1"}),
            event("at_start", "time >= 0", {"started": "1"}, initial=False),
            event("not_at_start", "time >= 0", {"missed": "1"}),
            event("grazing", "(A - 6.3)^2 < 1e-6", {"grazed": "time"}),
            event(
                "rival", "A >= 7", {"rivals": "rivals + 1"}, priority="5", persistent=False, **NOW
            ),
            event("winner", "A >= 7 and rivals < 0.5", {"A": "A - 0.5", "rivals": "1"}, priority="6"),
        ],
        parameters=dict.fromkeys(
            ("log", "taken", "taken_at", "found", "found_at", "never", "yes", "old", "c", "d", "cascade_at",
             "rearmed", "started", "missed", "grazed", "rivals"), 0.0,
        ),
    )  # fmt: skip


def clock() -> NetworkModel:
    """Ticks every `period`; each tick grows a product `delay` later, which stays for good.

    Two events want each tick; the one that is drawn calls the other off.
    """
    return network(
        {"P": "-loss*P"},
        [
            event(
                "heads", "time - last >= period", {"last": "time", "n_heads": "n_heads + 1"}, persistent=False
            ),
            event(
                "tails", "time - last >= period", {"last": "time", "n_tails": "n_tails + 1"}, persistent=False
            ),
            event("grown", "time - last >= period", {"P": "P + 1"}, delay="wait", values_at_trigger=False),
        ],
        parameters={
            "loss": 0.0, "period": "uniform(0.2, 0.4)", "wait": 2.3, "last": 0.0, "n_heads": 0.0,
            "n_tails": 0.0,
        },
    )  # fmt: skip


def stiff() -> NetworkModel:
    """y is held to cos(time) within 1e-5; each passage of 0 is counted and timed."""
    return network(
        {"y": "-k*(y - cos(time)) - sin(time)"},
        [
            event("down", "y < 0", {"crossings": "crossings + 1", "when": "time"}),
            event("up", "y > 0", {"crossings": "crossings + 1", "when": "time"}),
        ],
        {"y": 1.0},
        {"k": 1e5, "crossings": 0.0, "when": 0.0},
    )


def windows() -> NetworkModel:
    """Four events of every sort with windows, delays and priorities of each cell's own.

    Event i is triggered where floor(a_i) <= time < floor(b_i) + 1/2 and executed floor(d_i) later; each
    leaves another trace in `x`, from which their order can be told.
    """
    drawn = {}
    for i in range(4):
        drawn |= {f"a{i}": "uniform(0, 6)", f"b{i}": "uniform(2, 8)", f"d{i}": "uniform(0, 4)"}
        drawn[f"p{i}"] = "uniform(-1, 1)"
    events = [
        event(
            f"e{i}",
            f"time >= floor(a{i}) and time < floor(b{i}) + 0.5",
            {"x": f"1.5*x + {i + 1}"},
            delay=f"floor(d{i})",
            priority=f"p{i}*(1 + x)",
            persistent=i % 2 == 0,
            initial=i == 0,
            values_at_trigger=i < 2,
        )
        for i in range(4)
    ]
    return network({"A": "1"}, events, parameters={**drawn, "x": 0.0})
