"""Scheduled actions: putting, describing and deleting them, and which are due.

Sources: API_PutScheduledAction, API_DescribeScheduledActions, API_DeleteScheduledAction, Application Auto
Scaling API reference.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.aws.server.autoscaling.schedules import ScheduleError, parse_schedule
from local.aws.server.autoscaling.target_store import (
    ScalableTarget,
    ScheduledActionRecord,
    TargetStore,
    key_of,
)
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.listing import page_of
from local.aws.server.scope import Scope
from planning.control.errors import InvalidPolicyError
from planning.control.scheduled_actions import ScheduledAction

__all__ = ["ScheduledActions", "due_actions"]

_DEFAULT_PAGE = 50


class ScheduledActions:
    """The operations on scheduled actions.

    Args:
        store: remembers them with their targets.
        now: the clock.
    """

    def __init__(self, store: TargetStore, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def put(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """PutScheduledAction: for an action that there is, it changes what the request names."""
        key = key_of(scope, request)
        name = request["ScheduledActionName"]
        with self._store.lock:
            target = self._store.get(key)
            old = target.actions.get(name)
            document = {**(old.document if old else {}), **request}
            _check(document)
            if old is not None:
                old.document = document
                return {}
            arn = (
                f"arn:aws:autoscaling:{scope.region}:{scope.account_id}:scheduledAction:{uuid.uuid4()}:"
                f"resource/{key.namespace}/{key.resource_id}:scheduledActionName/{name}"
            )
            target.actions[name] = ScheduledActionRecord(name, arn, document, self._now())
        return {}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeScheduledActions."""
        names = request.get("ScheduledActionNames") or ()
        described = [
            {**action.document, "ScheduledActionARN": action.arn, "CreationTime": action.creation_time}
            for target in self._store.matching(scope, request)
            for action in target.actions.values()
            if not names or action.name in names
        ]
        return page_of("ScheduledActions", described, request, _DEFAULT_PAGE)

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteScheduledAction."""
        key = key_of(scope, request)
        name = request["ScheduledActionName"]
        with self._store.lock:
            target = self._store.find(key)
            if target is None or target.actions.pop(name, None) is None:
                raise AwsError("ObjectNotFoundException", f"No scheduled action {name} found for {key}")
        return {}


def due_actions(target: ScalableTarget, since: float, now: float) -> Iterator[tuple[str, ScheduledAction]]:
    """Yield the name and the effect of a target's actions that are due after ``since``, up to ``now``."""
    for action in list(target.actions.values()):
        document = action.document
        began = document.get("StartTime", action.creation_time)
        if now < began or now > document.get("EndTime", now):
            continue
        schedule = parse_schedule(document["Schedule"], document.get("Timezone"))
        if schedule.is_due(since, now, began):
            yield action.name, _effect(document)


def _check(document: Mapping[str, Any]) -> None:
    if "Schedule" not in document:
        raise validation_exception("Schedule is required to create a scheduled action.")
    try:
        parse_schedule(document["Schedule"], document.get("Timezone"))
        _effect(document)
    except (ScheduleError, InvalidPolicyError) as error:
        raise validation_exception(str(error)) from error


def _effect(document: Mapping[str, Any]) -> ScheduledAction:
    limits = document.get("ScalableTargetAction", {})
    return ScheduledAction(limits.get("MinCapacity"), limits.get("MaxCapacity"))
