"""Inference components: models that share an endpoint's instances, each with as many copies as it needs.

* ``inference_components``: the operations, statuses, and what goes on in between.
* ``checks``, ``specification``: what is refused, and what a specification says.
* ``hosts``, ``instances``, ``instance_capacities``: the endpoints' instances, which are modelled.
* ``copies``, ``fleet``, ``rollout``: the copies, which are real Tritons; how they come, go and are replaced.
* ``routes``: which copy gets a request.
"""
