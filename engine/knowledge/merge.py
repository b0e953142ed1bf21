"""Several rule packs as one: a site's own pack beside the starter pack.

The files of the first pack keep their paths; those of each further pack go below a folder named by its id,
manifest and all. What results is read, checked, hashed and archived as one pack, so that a decision names
one hash, and a name that two packs define is told with both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.domain.pack import PackFile
from engine.errors import PackAltered, PackRejected
from engine.knowledge.entries import is_manifest
from engine.knowledge.manifest import MANIFEST, read_pack_files, verify_seal
from engine.knowledge.yaml_source import MapNode, ScalarNode, read_yaml


def read_packs(folders: Sequence[Path], *, sealed: bool) -> tuple[PackFile, ...]:
    """Return the files of the packs in these folders as those of one pack.

    Args:
        folders: one a pack; what the others build upon comes first.
        sealed: whether each must be as it was sealed.

    Raises:
        PackRejected: a folder holds no pack, or two packs have one id.
        PackAltered: a pack differs from its seal.
    """
    parts: list[tuple[PackFile, ...]] = []
    for folder in folders:
        files = read_pack_files(folder)
        if sealed:
            try:
                verify_seal(files)
            except PackAltered as altered:
                if len(folders) > 1:
                    altered.place = str(folder / MANIFEST)
                raise
        parts.append(files)
    return merged(parts, folders)


def merged(parts: Sequence[tuple[PackFile, ...]], folders: Sequence[Path]) -> tuple[PackFile, ...]:
    """Return the files of several packs as those of one.

    Raises:
        PackRejected: two packs have one id, or a pack that stands beside another has none.
    """
    if len(parts) == 1:
        return parts[0]
    places: dict[str, Path] = {}
    files: dict[str, PackFile] = {}
    for number, (part, folder) in enumerate(zip(parts, folders, strict=True)):
        name = _id_of(part)
        if not name or name in places:
            other = f'"{name}" already, in {places[name]}' if name else "no id"
            raise PackRejected(
                f"the rule pack has {other}; packs in use together are told apart by their ids.",
                hint="Give it an id of its own in its manifest.yaml, and seal it.",
                place=str(folder / MANIFEST),
            )
        places[name] = folder
        for file in part:
            path = f"{name}/{file.path}" if number else file.path
            if path in files:
                raise PackRejected(
                    f"the rule packs both have a file {path}.",
                    hint="Rename the folder in the first pack, or give the other pack another id.",
                    place=str(folder),
                )
            files[path] = replace(file, path=path)
    return tuple(files[path] for path in sorted(files))


def _id_of(files: tuple[PackFile, ...]) -> str:
    """Return the id that a pack's manifest gives it, or nothing."""
    manifest = next((file for file in files if is_manifest(file.path)), None)
    top = read_yaml(MANIFEST, manifest.content)[0] if manifest else None
    pack = top.entries.get("pack") if top else None
    name = pack.entries.get("id") if isinstance(pack, MapNode) else None
    return name.text if isinstance(name, ScalarNode) else ""
