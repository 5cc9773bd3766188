"""Machine images that AWS's public SSM parameters name; on the laptop they are ids and nothing more."""

from local.aws.server import ministack_instances

__all__ = ["publish_images"]

_DEEP_LEARNING = "/aws/service/deeplearning/ami/x86_64"
_IMAGES = {
    # Amazon Linux 2023's is ministack's own.
    f"{_DEEP_LEARNING}/oss-nvidia-driver-gpu-pytorch-2.9-amazon-linux-2023/latest/ami-id": (
        "ami-0d1ea12023a1b2c3d"
    ),
}
"""AWS Deep Learning AMIs developer guide, "Finding the ID of a DLAMI"."""


def publish_images() -> None:
    """Have GetParameter and CloudFormation find them."""
    for parameter, image_id in _IMAGES.items():
        ministack_instances.publish_ami(parameter, image_id)
