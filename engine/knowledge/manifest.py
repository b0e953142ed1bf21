"""The manifest: who a pack is, and the hash each of its files was sealed with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from engine.domain.ids import ContentHash
from engine.domain.pack import PackFile
from engine.errors import PackAltered, PackRejected
from engine.knowledge.yaml_source import MapNode, ScalarNode, read_yaml

MANIFEST = "manifest.yaml"
_HEAD = """\
# Written by `main.py seal`; a file that differs from its hash here is refused.
"""


def file_hash(content: bytes) -> ContentHash:
    """Return the SHA-256 of one file."""
    return ContentHash(hashlib.sha256(content).hexdigest())


def pack_hash(files: Iterable[PackFile]) -> ContentHash:
    """Return the SHA-256 over path and hash of every file, the manifest included, in order of path."""
    lines = "".join(
        f"{file_hash(file.content)}  {file.path}\n" for file in sorted(files, key=lambda each: each.path)
    )
    return ContentHash(hashlib.sha256(lines.encode()).hexdigest())


def read_pack_files(folder: Path) -> tuple[PackFile, ...]:
    """Return every YAML file below a folder, in order of path; hidden ones are left out.

    Raises:
        PackRejected: there is no such folder, or it holds no YAML file.
    """
    found = sorted(_rule_files(folder, ()))
    if not found:
        raise PackRejected(
            "there are no rule files here.",
            hint="Name the folder that holds manifest.yaml, such as rulesets.",
            place=str(folder),
        )
    return tuple(
        PackFile(path="/".join(parts), content=folder.joinpath(*parts).read_bytes()) for parts in found
    )


def _rule_files(folder: Path, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the way to each YAML file; before each answer the whole folder is read, so this counts.

    A folder that is a link is not entered; one that cannot be listed is passed over, and then missed by the
    seal.
    """
    with suppress(PermissionError, FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _rule_files(folder / entry.name, (*above, entry.name))
            elif entry.name.endswith((".yaml", ".yml")) and entry.is_file():
                yield (*above, entry.name)


def with_text(files: tuple[PackFile, ...], path: str, text: str) -> tuple[PackFile, ...]:
    """Return the files as if the one at the path had this text; a new path is added."""
    changed = PackFile(path=path, content=text.encode())
    kept = [file for file in files if file.path != path]
    return tuple(sorted([*kept, changed], key=lambda file: file.path))


def verify_seal(files: tuple[PackFile, ...]) -> None:
    """Compare every file with the hash it was sealed with.

    Raises:
        PackAltered: files differ, are missing or were added; all of them are named.
    """
    sealed = _sealed(files)
    present = {file.path: file_hash(file.content) for file in files if file.path != MANIFEST}
    altered = [path for path in sorted(present) if path in sealed and sealed[path] != present[path]]
    added = [path for path in sorted(present) if path not in sealed]
    missing = [path for path in sorted(sealed) if path not in present]
    if not (altered or added or missing):
        return
    said = [
        f"{words}: {', '.join(paths)}"
        for words, paths in (
            ("changed since the pack was sealed", altered),
            ("not in the manifest", added),
            ("missing", missing),
        )
        if paths
    ]
    raise PackAltered(
        f"the rule pack is not the one that was sealed. {'; '.join(said)}.",
        hint="Restore the files; or, if the change was meant and reviewed, run main.py seal on the folder.",
        place=MANIFEST,
    )


def sealed_manifest(files: tuple[PackFile, ...]) -> bytes:
    """Return the manifest with the hash of every other file; what says who the pack is stays as it is.

    Raises:
        PackRejected: there is no manifest that names the pack.
    """
    manifest = next((file for file in files if file.path == MANIFEST), None)
    node = read_yaml(MANIFEST, manifest.content)[0] if manifest else None
    if manifest is None or node is None or "pack" not in node.entries:
        raise PackRejected(
            "a pack needs a manifest that says who it is.",
            hint="Write manifest.yaml with pack: {id: .., title: .., version: .., status: ..}.",
            place=MANIFEST,
        )
    lines = manifest.content.decode("utf-8-sig").splitlines()
    if "files" in node.entries:
        begin = node.keys["files"].line - 1
        after = [span.line - 1 for span in node.keys.values() if span.line - 1 > begin]
        lines = lines[:begin] + (lines[min(after) :] if after else [])
    kept = "\n".join(lines).strip().removeprefix(_HEAD.strip()).strip()
    hashes = "".join(
        f"  {file.path}: {file_hash(file.content)}\n"
        for file in sorted(files, key=lambda each: each.path)
        if file.path != MANIFEST
    )
    return f"{_HEAD}{kept}\nfiles:\n{hashes}".encode()


def seal(folder: Path) -> ContentHash:
    """Rewrite the manifest of a pack on disk, and return the hash of the pack as it now stands."""
    content = sealed_manifest(read_pack_files(folder))
    draft = folder / f"{MANIFEST}.new"
    draft.write_bytes(content)
    draft.replace(folder / MANIFEST)
    return pack_hash(read_pack_files(folder))


def _sealed(files: tuple[PackFile, ...]) -> Mapping[str, str]:
    manifest = next((file for file in files if file.path == MANIFEST), None)
    node = read_yaml(MANIFEST, manifest.content)[0] if manifest else None
    listed = node.entries.get("files") if node else None
    if not isinstance(listed, MapNode):
        raise PackAltered(
            "the rule pack is not sealed: there is no manifest with the hashes of its files.",
            hint="Check the rules, then run main.py seal on the folder.",
            place=MANIFEST,
        )
    return {
        path: value.text if isinstance(value, ScalarNode) else "" for path, value in listed.entries.items()
    }
