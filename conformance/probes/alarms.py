"""Alarms and scaling of instances: A137, A138."""

from functools import partial

from conformance.archives import python_model
from conformance.laboratory import VARIANT, Laboratory
from conformance.other_kinds import ALARM
from conformance.probe import Bench, probe

_BURSTABLE = "ml.t2.medium"
_INSTANCES = "sagemaker:variant:DesiredInstanceCount"


@probe("A138", creates="nothing, unless it is refuted")
def limits_of_an_alarm(lab: Laboratory) -> None:
    """PutMetricAlarm refuses a period of 45 seconds, and more than a day or a week, as ValidationError."""
    for period, periods in ((45, 1), (300, 300), (3600, 200)):
        lab.evidence.refused(partial(_put_alarm, lab, period, periods), "ValidationError")


def _put_alarm(lab: Laboratory, period: int, periods: int) -> None:
    lab.account.client("cloudwatch").put_metric_alarm(
        AlarmName=lab.registry.enter(ALARM, lab.new_name("alarm")),
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=period,
        EvaluationPeriods=periods,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )


@probe("A137", bench=Bench.OWN, own_minutes=12, creates="an endpoint on ml.t2.medium")
def burstable_instances(lab: Laboratory) -> None:
    """RegisterScalableTarget refuses a variant of ml.t2.medium."""
    model = lab.model_of(python_model())
    config = lab.create_config(lab.variant(model, InstanceType=_BURSTABLE))
    endpoint = lab.in_service(lab.create_endpoint(config))
    lab.evidence.refused(lambda: _register(lab, endpoint), "ValidationException")


def _register(lab: Laboratory, endpoint: str) -> None:
    """Register a variant's instances, and deregister them again, since it is believed to be refused."""
    scaling = lab.account.client("application-autoscaling")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/{VARIANT}",
        "ScalableDimension": _INSTANCES,
    }
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    scaling.deregister_scalable_target(**target)
