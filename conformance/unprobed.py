"""Assumptions without a probe: why no call of an API settles them, and what would."""

from dataclasses import dataclass

__all__ = ["UNPROBED", "Unprobed"]


@dataclass(frozen=True, slots=True)
class Unprobed:
    """One assumption.

    Attributes:
        why: no probe asks about it.
        instead: what would settle it.
    """

    why: str
    instead: str


_TRACE = (
    "what is asked is which role a call of SageMaker's own bears, which only CloudTrail or a flow log shows"
)
_IMAGES = "it is about what is in an image, for each release of it"
_BILL = "only a bill shows it, days later"

UNPROBED: dict[str, Unprobed] = {
    "A28": Unprobed(
        "boto3 sends a request at once and signs it as a whole, so the beginning can't be told from the end",
        "a client that sends a signed request of 60 seconds byte by byte",
    ),
    "A34": Unprobed(
        "an endpoint whose ping is answered in either mode is InService; from outside both look alike",
        "run the image with the override alone and ask /ping with an unready model",
    ),
    "A35": Unprobed(_IMAGES, "serve a TorchScript model whose outputs have other names in each image"),
    "A38": Unprobed(
        "how often two calls overlap under load proves nothing where they don't",
        "read the worker of the TorchServe release in each image",
    ),
    "A51": Unprobed(
        "that no request failed while a container died shows nothing unless one was sent to it",
        "kill one of two containers under steady load, many times, and count ModelErrors",
    ),
    "A52": Unprobed(
        "nothing is believed: its rule isn't published", "compare copies that equal prefixes reach"
    ),
    "A54": Unprobed(
        "the belief is about every period of half an hour, with delays of CloudWatch's own",
        "read the data of a component over half an hour that ends at zero copies",
    ),
    "A55": Unprobed(
        "when within a period an alarm is evaluated can't be seen by a call",
        "compare the history of an alarm with the scaling activities of some hours",
    ),
    "A57": Unprobed(
        "whether a target was left alone, or only late, needs load over hours",
        "put load on a component during a rolling update and read its activities",
    ),
    "A62": Unprobed(_TRACE, "update a component with a rollback alarm; find DescribeAlarms in CloudTrail"),
    "A64": Unprobed(
        "SageMaker's network interfaces lie in its own account; the user's show only who asked for them",
        "list the interfaces of a component whose Model alone has a network, and the other way round",
    ),
    "A67": Unprobed(_TRACE, "bring up an endpoint in isolated subnets with `RepositoryAccessMode: Vpc`"),
    "A68": Unprobed(_TRACE, "bring up an endpoint behind the gateway's policy"),
    "A69": Unprobed(_TRACE, "read the flow log of an endpoint under load"),
    "A72": Unprobed("Elastic Inference is gone", "nothing can any more"),
    "A73": Unprobed("Elastic Inference is gone", "load `model.pt` with that release's wheel"),
    "A74": Unprobed(
        "a session is a dialogue of the agent's, not a call, and needs a network and an instance",
        "start a session on a client of a deployment, and send it the benchmark's document",
    ),
    "A75": Unprobed("it is a way to count, not a fact of AWS's", "compare with the bill of a full instance"),
    "A76": Unprobed(
        "it needs GPU instances with each InferenceAmiVersion, several dollars and a quota each",
        "deploy Triton 25.09 on ml.g5.xlarge with each of them",
    ),
    "A80": Unprobed(
        "adapters need a container that loads them, and a language model on a GPU",
        "take the artifact from one role, then from the other, and create the adapter each time",
    ),
    "A81": Unprobed(
        "adapters need a container that loads them, and a language model on a GPU",
        "create an adapter with a `RuntimeConfig`, and list log groups after a request to it",
    ),
    "A84": Unprobed(
        "CloudWatch takes any statistic and answers with no data, which is also what comes too early",
        "read the metrics of an endpoint after an hour of load with other statistics and units",
    ),
    "A85": Unprobed(
        "it is a measurement that differs from day to day, not a word or a rule",
        "ask a component at zero every ten seconds, and note when its counts change",
    ),
    "A86": Unprobed(_BILL, "compare the usage of a scaled endpoint in the bill with the describe calls"),
    "A87": Unprobed("it is about the replay on the laptop", "replay with requests spread over the minute"),
    "A95": Unprobed(
        "when models are unloaded shows in metrics alone, under memory that runs short",
        "load models until `LoadedModelCount` falls, and compare loading times when one comes back",
    ),
    "A104": Unprobed(
        "it needs a GPU of each image's release", "read the first 28 bytes of a plan of each image"
    ),
    "A105": Unprobed(_IMAGES, "deploy an exported model with the image 23.12"),
    "A106": Unprobed("the laptop's backend refuses what the rule lets pass", "nothing is needed"),
    "A108": Unprobed(_IMAGES, "read the support matrix, or the log of a build in each release"),
    "A109": Unprobed(
        "it needs two GPU instances of each family",
        "build on ml.g4dn.xlarge, serve on ml.g4dn.12xlarge; build on ml.g6.xlarge, serve on ml.g6e.xlarge",
    ),
    "A113": Unprobed(
        "it is about what is in CodeBuild's image",
        "run `seatrial package --remote` with a model in `build.models`",
    ),
    "A114": Unprobed(
        _IMAGES, "load the broken ensembles of tests/model_packaging/ensembles.py in each image"
    ),
    "A116": Unprobed(
        "the smallest instance types, with a model that fills them, differ by user",
        "deploy a model with `response_cache` on ml.t2.medium",
    ),
    "A117": Unprobed(_IMAGES, "read `build.py` of each release branch of Triton's server"),
    "A118": Unprobed(_IMAGES, "run `pip list` in the sagemaker-tritonserver images"),
    "A119": Unprobed(
        "the name of a folder with a space may fail for other reasons, and the log alone tells them apart",
        "run `serve` of the image beside a model whose name has a space",
    ),
    "A120": Unprobed(
        "the manifest lies in AWS's registry, which an account's endpoint says nothing of",
        "inspect the image's manifest",
    ),
    "A121": Unprobed(
        "whether what lies behind the end was read shows in the container's files alone",
        "serve an archive of two gzip members whose second one has the model's version",
    ),
    "A122": Unprobed(
        "nothing is believed of which one is served, only that no document says it",
        "deploy an archive with two versions of one file, and ask it which it is",
    ),
    "A123": Unprobed("it is about models, and needs a GPU", "repeat the trials of one model on a GPU"),
    "A127": Unprobed(
        "it needs an endpoint at the account's quota; refuted, as many instances again would start",
        "update an endpoint at its quota",
    ),
    "A133": Unprobed(
        "it needs an endpoint at the account's quota; refuted, as many instances again would start",
        "update an endpoint at its quota, also in a rolling update",
    ),
    "A141": Unprobed(
        "zones have other names in each account, and the belief is about those of one",
        "compare DescribeVpcEndpointServices by the zones' ids in several accounts",
    ),
    "A142": Unprobed(
        "it needs eleven interface endpoints, which are paid for and which no estimate counts",
        "create a twelfth interface endpoint in a /28",
    ),
    "A147": Unprobed(
        "it needs two sets of credentials: one that may grant the key, and one that may not",
        "deploy an endpoint with `KmsKeyId` and a role without kms:CreateGrant, with each of the two",
    ),
    "A148": Unprobed(_IMAGES, "serve a SavedModel in the image 25.04"),
}
"""By number. Whoever settles one changes the code and the entry in docs/assumptions.md."""
