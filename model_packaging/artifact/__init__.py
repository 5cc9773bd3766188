"""What an artifact is: its signature, its manifest, its archive and its config.pbtxt.

Everything that reads a packaged model (synth, preflight, the laptop's AWS, load tests) reads it through
this package, so it needs nothing but the standard library; protobuf is imported only inside the
config.pbtxt codec, when that is used.
"""

from model_packaging.artifact.archive import (
    ArchiveLimits,
    ArchiveMember,
    ArchiveReader,
    extract_archive,
    open_archive,
)
from model_packaging.artifact.config_pbtxt import parse_config_pbtxt, render_config_pbtxt
from model_packaging.artifact.errors import (
    ArchiveError,
    ArchiveFault,
    ArtifactError,
    ConfigPbtxtError,
    ManifestError,
    PublicationLockError,
)
from model_packaging.artifact.inspection import ArtifactInspection, ArtifactInspector
from model_packaging.artifact.keys import BuildInputs, content_key_of
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    FileRecord,
    Manifest,
    RecordedFinding,
    SamplesRecord,
    Tolerance,
    read_manifest,
    write_manifest,
)
from model_packaging.artifact.provenance import Commit, Provenance
from model_packaging.artifact.publication_lock import (
    Publication,
    publication_lock_path,
    read_publications,
    write_publications,
)
from model_packaging.artifact.signature import Signature, TensorSpec

__all__ = [
    "MANIFEST_FILE_NAME",
    "ArchiveError",
    "ArchiveFault",
    "ArchiveLimits",
    "ArchiveMember",
    "ArchiveReader",
    "ArchiveRecord",
    "ArtifactError",
    "ArtifactInspection",
    "ArtifactInspector",
    "BuildInputs",
    "Commit",
    "ConfigPbtxtError",
    "FileRecord",
    "Layout",
    "Manifest",
    "ManifestError",
    "Provenance",
    "Publication",
    "PublicationLockError",
    "RecordedFinding",
    "SamplesRecord",
    "Signature",
    "TensorSpec",
    "Tolerance",
    "content_key_of",
    "extract_archive",
    "open_archive",
    "parse_config_pbtxt",
    "publication_lock_path",
    "read_manifest",
    "read_publications",
    "render_config_pbtxt",
    "write_manifest",
    "write_publications",
]
