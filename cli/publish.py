"""`seatrial publish`: put the models of a deployment into S3, and write its lock file."""

from typing import TYPE_CHECKING

from cli._errors import ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT
from cli._refusal import refuse

if TYPE_CHECKING:
    from model_packaging.publishing import PublishedModel
    from spec import DeploymentFile

__all__ = ["publish"]


def publish(deployment: DeploymentPath, json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Package DEPLOYMENT, publish its models that are no assets to S3, and write the lock file beside it.

    What is there already costs one request. What was cut off is continued: run it again.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._clients import s3_client_of
        from cli._packaging_display import packaging_display
        from cli._remote import plans_of
        from model_packaging.artifact import publication_lock_path
        from model_packaging.package import package_deployment
        from model_packaging.publishing import publish_deployment
        from preflight import inspect_artifact
        from spec import load_deployment

        file = load_deployment(deployment)
        _require_models(output, file)
        client = s3_client_of(file.deployment)  # what is missing is told before anything is built
        with packaging_display(output) as listen:
            packaged = package_deployment(
                file,
                PROJECT.build_root,
                PROJECT.root,
                inspect=inspect_artifact,
                plans=plans_of(file, output, remote=False),
                progress=listen,
            )
            published = publish_deployment(file, packaged, client, progress=listen)
        lock = publication_lock_path(file.path)
        output.table(["model", "", "address", "MiB sent", "seconds"], map(_row, published))
        output.say(f"commit {lock}")
        output.document({"ok": True, "lock": str(lock), "models": list(map(_document, published))})


def _require_models(output: Output, file: "DeploymentFile") -> None:
    if all(model.artifact == "asset" for model in file.deployment.models.values()):
        words = (
            f"{file.path}: every model is an asset, which `cdk deploy` uploads; give those that are to be "
            "published `artifact: published` or `artifact: uncompressed`."
        )
        refuse(output, words)


def _row(published: "PublishedModel") -> tuple[object, ...]:
    return (
        published.model,
        "published" if published.sent_bytes else "there already",
        published.publication.url,
        f"{published.sent_bytes / 2**20:.1f}",
        f"{published.seconds:.1f}",
    )


def _document(published: "PublishedModel") -> dict[str, object]:
    publication = published.publication
    return {
        "model": published.model,
        "content_key": publication.manifest.content_key,
        "address": publication.url,
        "kms_key": publication.kms_key_arn,
        "sha256": publication.sha256,
        "sent_bytes": published.sent_bytes,
        "seconds": round(published.seconds, 3),
    }
