"""Trees written as YAML: the plainest spelling that is read back as the very same tree."""

from __future__ import annotations

from functools import lru_cache

from engine.domain.forms import FormNode, NodeKind
from engine.knowledge.placed_yaml import PlacedMap, PlacedValue, placed
from engine.knowledge.yaml_source import read_yaml

_INDENT = "  "


def written(node: FormNode, *, flow: bool) -> str:
    """Return a tree on one line.

    Args:
        node: the tree.
        flow: whether it will stand inside brackets or braces.

    >>> from engine.domain.forms import list_node, map_node, value_node
    >>> written(map_node(("quantity", value_node("crcl")), ("below", value_node("30 mL/min"))), flow=False)
    '{quantity: crcl, below: 30 mL/min}'
    """
    match node.kind:
        case NodeKind.VALUE:
            return spelt(node.text, flow=flow)
        case NodeKind.LIST:
            return f"[{', '.join(written(item, flow=True) for item in node.items)}]"
        case NodeKind.MAP:
            return f"{{{', '.join(_entry(key, value) for key, value in node.entries)}}}"


def written_block(node: FormNode, column: int) -> str:
    """Return a map with a key a line, everything below on one line each; the first line is not indented."""
    if node.kind is not NodeKind.MAP or not node.entries:
        return written(node, flow=False)
    margin = "\n" + " " * column
    return margin.join(entry_line(key, value) for key, value in node.entries)


def entry_line(key: str, value: FormNode) -> str:
    """Return an entry of a map as a line of its own."""
    return f"{spelt(key, flow=False)}: {written(value, flow=False)}".removesuffix(" ")


@lru_cache(maxsize=4096)
def spelt(text: str | None, *, flow: bool) -> str:
    """Return a text without quotation marks where it reads the same without them.

    >>> spelt("30 mL/min", flow=True), spelt("a: b", flow=True), spelt(None, flow=True)
    ('30 mL/min', '"a: b"', 'null')
    """
    if text is None:
        return "null" if flow else ""
    return text if _reads_plain(text, flow=flow) else _quoted(text)


def _entry(key: str, value: FormNode) -> str:
    return f"{spelt(key, flow=True)}: {written(value, flow=True)}"


def _reads_plain(text: str, *, flow: bool) -> bool:
    if not text or not text.isprintable() or text != text.strip():
        return False
    sample = f"k: {{{text}: {text}}}\n" if flow else f"{text}: {text}\n"
    top, diagnostics = read_yaml("", sample.encode("utf-8", "surrogatepass"))
    if top is None or diagnostics:
        return False
    node = placed(sample)
    inner = node.values[0] if flow and isinstance(node, PlacedMap) else node
    if not isinstance(inner, PlacedMap) or len(inner.keys) != 1:
        return False
    key, value = inner.keys[0], inner.values[0]
    return isinstance(value, PlacedValue) and value.plain and key.plain and value.text == key.text == text


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(each) for each in text) + '"'


def _escaped(each: str) -> str:
    if each in '"\\':
        return f"\\{each}"
    if each.isprintable():
        return each
    code = ord(each)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
