"""How SageMaker scales, packs and routes, as pure functions: no clock, no I/O, no hidden randomness.

One truth for the laptop's AWS, which acts on these decisions, and for the planner, which counts what they
cost. Rules that AWS documents name the document and its section; what AWS does not document is a named
parameter whose description begins with "Assumed".

* ``alarm``: when a CloudWatch alarm fires.
* ``scaling``, ``target_tracking``, ``step_scaling``, ``scheduled_actions``: how many copies a scalable target
  should have (Application Auto Scaling).
* ``packing``: which instance gets a copy, and which copy goes first.
* ``instance_scaling``: how many instances the copies need (managed instance scaling).
* ``routing``: which copy gets a request.
* ``day``: all of these together over a day, minute by minute; ``post_example``: the known example on it.
"""
