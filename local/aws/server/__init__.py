"""The laptop's AWS itself: ministack's gateway with SageMaker in it, and SageMaker's runtime beside it.

Runs in ``.venv-aws`` as ``python -m local.aws.server``.
"""
