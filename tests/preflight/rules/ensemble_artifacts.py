"""An ensemble of two models, to be broken."""

from dataclasses import replace

from model_packaging.artifact import ArtifactInspection, FileRecord, Signature
from preflight import inspect_artifact

__all__ = ["ENSEMBLE", "FIRST", "GOOD", "SECOND", "changed", "model", "rules_of"]

FIRST = """backend: "python"
max_batch_size: 8
input [ { name: "text" data_type: TYPE_STRING dims: [ 1 ] } ]
output [
  { name: "ids" data_type: TYPE_INT64 dims: [ -1 ] },
  { name: "mask" data_type: TYPE_INT64 dims: [ -1 ] }
]
"""
SECOND = """backend: "python"
max_batch_size: 4
input [
  { name: "ids" data_type: TYPE_INT64 dims: [ -1 ] },
  { name: "mask" data_type: TYPE_INT64 dims: [ -1 ] },
  { name: "seed" data_type: TYPE_INT64 dims: [ 1 ] optional: true }
]
output [ { name: "embedding" data_type: TYPE_FP32 dims: [ 16 ] } ]
"""
ENSEMBLE = """platform: "ensemble"
max_batch_size: 4
input [ { name: "text" data_type: TYPE_STRING dims: [ 1 ] } ]
output [ { name: "embedding" data_type: TYPE_FP32 dims: [ 16 ] } ]
ensemble_scheduling {
  step [
    {
      model_name: "first" model_version: -1
      input_map { key: "text" value: "text" }
      output_map { key: "ids" value: "tokens" } output_map { key: "mask" value: "kept" }
    },
    {
      model_name: "second" model_version: -1
      input_map { key: "ids" value: "tokens" } input_map { key: "mask" value: "kept" }
      output_map { key: "embedding" value: "embedding" }
    }
  ]
}
"""
RULES = [f"SEA{number}" for number in range(241, 253)]


def model(name: str, config: str, *versions: str) -> ArtifactInspection:
    """Return a model of an archive; signature and files are only as much as these rules read."""
    paths = (f"{name}/config.pbtxt", *(f"{name}/{version}/model.py" for version in versions or ("1",)))
    return ArtifactInspection(
        model=name,
        files=tuple(FileRecord(path, 0o644, 1, "0" * 64) for path in paths),
        config_pbtxt=config,
        signature=Signature((), (), batched=True),
        max_batch_size=4,
    )


GOOD = replace(model("chain", ENSEMBLE), beside=(model("first", FIRST), model("second", SECOND)))


def changed(old: str, new: str, *, first: str = FIRST, second: str = SECOND) -> ArtifactInspection:
    """Return the ensemble with words of its configuration replaced."""
    assert old in ENSEMBLE
    beside = (model("first", first), model("second", second))
    return replace(GOOD, config_pbtxt=ENSEMBLE.replace(old, new, 1), beside=beside)


def rules_of(artifact: ArtifactInspection) -> set[str]:
    """Return the rules about ensembles that have something to say."""
    return {each.rule for each in inspect_artifact(artifact)} & set(RULES)
