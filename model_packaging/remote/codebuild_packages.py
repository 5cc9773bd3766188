"""Packages models in the account's CodeBuild project, and brings the artifacts back into ``build/``."""

import tempfile
import threading
import time
from pathlib import Path

from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.manifest import MANIFEST_FILE_NAME, Manifest, read_manifest
from model_packaging.build_folder import BuildFolder
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError, PackError
from model_packaging.package import PackagedModel
from model_packaging.remote.account_clients import AccountClients, account_words
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.build_storage import BuildStorage
from model_packaging.remote.codebuild_job import CodeBuildJob
from model_packaging.remote.errors import RemoteResultError
from model_packaging.remote.job.send_package import PACKAGE_FILE_NAME
from model_packaging.remote.progress import RemoteListener, RemoteProgress
from model_packaging.remote.source_bundle import SourceBundle, write_bundle
from spec import DeploymentFile

__all__ = ["CodeBuildPackages"]

POLL_SECONDS = 5.0


class CodeBuildPackages:
    """Packages models where the laptop is too small for them.

    What was packaged once from the same sections and sources is found, at one request, whoever asks: the
    versions of what is installed on a laptop are no part of that.

    Args:
        clients: of the account.
        place: where its builds lie.
        listen: told of every step and of every line of a build's log.
        poll_seconds: between two looks at a build.
    """

    def __init__(
        self,
        clients: AccountClients,
        place: BuildPlace,
        listen: RemoteListener,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._clients = clients
        self._place = place
        self._listen = listen
        self._poll_seconds = poll_seconds
        self._cancelled = threading.Event()  # never: it runs in the thread that Ctrl-C interrupts

    def package(self, file: DeploymentFile, name: str, build_root: Path, project_root: Path) -> PackagedModel:
        """Have the model ``name`` packaged, and bring it to ``build_root/<deployment>/<name>/``.

        Raises:
            PackagingError: its sources are missing, its build fails, or what came back is not what is
                declared, or a file can't be read or written.
        """
        try:
            with account_words():
                return self._package(file, name, build_root, project_root)
        except OSError as error:
            raise PackError(
                f"{error.filename or build_root} can't be read or written ({error.strerror or error}).",
                "make room there, and make it readable and writable.",
                name,
            ) from error
        except PackagingError as error:
            error.model = name
            raise

    def _package(
        self, file: DeploymentFile, name: str, build_root: Path, project_root: Path
    ) -> PackagedModel:
        started = time.monotonic()
        section = file.deployment.models[name]
        inputs = build_inputs_of(section, project_root, file.deployment.members_of(name))
        bundle = SourceBundle(file, name, inputs, project_root)
        directory = build_root / file.deployment.name / name
        with BuildFolder.locked(directory) as folder:
            there = folder.current()
            is_current = there is not None and not _differs(there, name, inputs)
            manifest = there if is_current else None
            if manifest is None:
                with folder.temporary() as work:
                    manifest = self._fetch(bundle, work)
                    folder.commit(manifest, {each: work / each for each in manifest.file_names})
        seconds = time.monotonic() - started
        return PackagedModel(name, section, directory, manifest, not is_current, seconds)

    def _fetch(self, bundle: SourceBundle, work: Path) -> Manifest:
        """Find the package or have it built, and download it into ``work``."""
        key = bundle.key()
        storage = BuildStorage(
            self._clients.client("s3"), self._place.bucket, f"{self._place.prefix}packages/{key}/"
        )
        package = storage.read_json(PACKAGE_FILE_NAME)
        if package is None:
            self._run(bundle, key, storage.url(""))
            package = storage.read_json(PACKAGE_FILE_NAME)
        else:
            self._listen(RemoteProgress(bundle.model, "", "Found"))
        if package is None:
            raise RemoteResultError(
                f"its build ended well and left no package at {storage.url('')}.", "run it again."
            )
        self._listen(RemoteProgress(bundle.model, "", "Downloading"))
        fetched = {Path(name).name: (name, sha256) for name, sha256 in package.get("files", {}).items()}
        for file_name, (name, sha256) in fetched.items():
            storage.fetch(name, work / file_name, sha256, self._cancelled)
        manifest = read_manifest(work / MANIFEST_FILE_NAME)
        # What it names is put into build/: bare names of what was fetched, and nothing else.
        missing = sorted(set(manifest.file_names) - fetched.keys())
        if missing:
            raise RemoteResultError(
                f"the package at {storage.url('')} is without {', '.join(missing)}.",
                "delete it there and run again.",
            )
        if _differs(manifest, bundle.model, bundle.inputs):
            raise RemoteResultError(
                f"the package at {storage.url('')} is of another model or of other sources.",
                "delete it there and run again.",
            )
        return manifest

    def _run(self, bundle: SourceBundle, key: str, destination: str) -> None:
        self._listen(RemoteProgress(bundle.model, "", "Uploading"))
        storage = BuildStorage(self._clients.client("s3"), self._place.bucket, self._place.prefix)
        source = f"sources/{key}.zip"
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "sources.zip"
            write_bundle(bundle, archive)
            storage.replace(archive, source, self._cancelled)
        job = CodeBuildJob.start(
            self._clients,
            self._place.project_name,
            f"{self._place.bucket}/{self._place.prefix}{source}",
            {
                "SEATRIAL_DEPLOYMENT": bundle.deployment_path,
                "SEATRIAL_MODEL": bundle.model,
                "SEATRIAL_PACKAGE": f"build/{bundle.file.deployment.name}/{bundle.model}",
                "SEATRIAL_DESTINATION": destination,
            },
        )
        job.follow(
            self._cancelled,
            self._poll_seconds,
            lambda status: self._listen(RemoteProgress(bundle.model, job.name, status)),
            lambda line: self._listen(RemoteProgress(bundle.model, job.name, "", line)),
        )


def _differs(manifest: Manifest, model: str, inputs: BuildInputs) -> bool:
    return manifest.model != model or bool(manifest.build_inputs.differences(inputs))
