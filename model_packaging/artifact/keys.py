"""The two keys of an artifact: one decides whether to build again, one names what is served."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["CONTENT_KEY_FORMAT", "BuildInputs", "canonical_json", "content_key_of"]

CONTENT_KEY_FORMAT = "seatrial-content-1"
"""Goes into every content key: a change of the archive's layout changes every key."""


def canonical_json(document: object) -> bytes:
    """Return ``document`` as JSON bytes that are equal wherever and whenever they are made."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """Everything that decides what a build gives.

    Attributes:
        spec_sha256: digest of the model's section of the deployment file, defaults filled in.
        sources: ``(path relative to the project, sha256)`` of the factory's source files and of
            those that are packed as they are, sorted by path.
        pins: ``(package, version)`` of what the build runs on, sorted; ``python`` is among them.
    """

    spec_sha256: str
    sources: tuple[tuple[str, str], ...]
    pins: tuple[tuple[str, str], ...]

    @property
    def build_key(self) -> str:
        """64 hexadecimal digits: sha256 over these inputs."""
        document = {"spec": self.spec_sha256, "sources": self.sources, "pins": self.pins}
        return hashlib.sha256(canonical_json(document)).hexdigest()

    def differences(self, declared: "BuildInputs") -> tuple[str, ...]:
        """Say in words what in ``declared`` differs from these; pins are left to whoever builds."""
        words = (
            [] if self.spec_sha256 == declared.spec_sha256 else ["the model's section of the deployment file"]
        )
        built, now = dict(self.sources), dict(declared.sources)
        words += [path for path in sorted(built.keys() | now.keys()) if built.get(path) != now.get(path)]
        return tuple(words)


def content_key_of(
    files: Iterable[tuple[str, int, int, str]], settings: Mapping[str, str] | None = None
) -> str:
    """Return the content key: sha256 over the canonical list of an archive's files.

    Args:
        files: ``(path, mode, size in bytes, sha256)`` of every file.
        settings: what else changes the bytes that are served, by name.

    Returns:
        64 hexadecimal digits, the same from whatever folder or machine the files come.
    """
    document = {"format": CONTENT_KEY_FORMAT, "files": sorted(files), "settings": dict(settings or {})}
    return hashlib.sha256(canonical_json(document)).hexdigest()
