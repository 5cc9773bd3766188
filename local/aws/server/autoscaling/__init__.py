"""Application Auto Scaling, which really scales.

* ``api``: its operations; ``targets``, ``policies``, ``scheduled_actions``: what they check and remember.
* ``resources``: what can be scaled.
* ``autoscaler``: looks at alarms and metrics on the server's clock, and has ``planning.control`` decide.
* ``activities``: what came of it.
"""
