"""The deployments that tests of replays speak of."""

from pathlib import Path

from local.replay import Traffic, load_traffic
from spec import Deployment, load_deployment

ROOT = Path(__file__).parents[3]
HALF_DAYS = ROOT / "deployments" / "half-days.yaml"
HALF_DAYS_TRAFFIC = ROOT / "examples" / "traffic" / "half_days.yaml"


def half_days() -> tuple[Deployment, Traffic]:
    """Return the example: its deployment, and its traffic."""
    deployment = load_deployment(HALF_DAYS).deployment
    return deployment, load_traffic(HALF_DAYS_TRAFFIC, deployment)
