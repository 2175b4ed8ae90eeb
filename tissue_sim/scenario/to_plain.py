"""Nodes -> plain dicts, lists and scalars, and back to YAML text."""

from __future__ import annotations

import io
from typing import Any

from tissue_sim.scenario.positions import ListNode, MapNode, Node, ScalarNode

__all__ = ["to_plain", "yaml_text"]


def to_plain(node: Node) -> Any:
    """Return the value of a node without places."""
    if isinstance(node, MapNode):
        return {key: to_plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [to_plain(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


def yaml_text(value: Any) -> str:
    """Return plain values as YAML 1.2 in block style, one key per line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import SafeRepresenter

    class Representer(SafeRepresenter):
        """Writes texts of several lines as blocks."""

    def block(representer: Any, text: str) -> Any:
        style = "|" if "\n" in text else None
        return representer.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Representer.add_representer(str, block)
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Representer = Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 4096
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()
