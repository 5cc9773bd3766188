"""Are the assumptions of docs/assumptions.md true? Probes ask a real AWS account, and record what it says.

``python -m conformance`` (``make conformance``) says what it will create and
cost, asks, probes and cleans up.
docs/conformance.md tells how.
"""
