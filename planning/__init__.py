"""What serving costs and how fast it answers: selection, cost and simulation.

``planning.control`` holds how SageMaker scales, packs and routes; it needs the standard library only and is
shared with the laptop's AWS. The package itself imports nothing, so that both can afford it.
"""
