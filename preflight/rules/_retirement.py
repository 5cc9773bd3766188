"""What the rules about Elastic Inference say of it: since when, why, and what to take instead."""

import catalogue

__all__ = ["fix_of", "what_of"]


def what_of(accelerator_type: str, host: str) -> str:
    """Say what is asked for, what it was and cost, and since when AWS has it no more."""
    retired = catalogue.elastic_inference_retirement()
    known = catalogue.accelerator(accelerator_type)
    price = catalogue.accelerator_price(host, accelerator_type)
    cost = f", {price.usd_per_hour:.2f} USD/h with {host} ({price.as_of})" if price else ""
    return (
        f"{accelerator_type} ({known.memory_mib // 1024} GiB, {known.fp32_teraflops} TFLOPS in FP32{cost}) "
        f"is of Elastic Inference, which AWS closed to new customers on {retired.closed_to_new_customers} "
        "and which is no longer available: AWS refuses it."
    )


def fix_of(accelerator_type: str, *, on_sagemaker: bool) -> str:
    """Say what to take instead, with memory and price beside the old one."""
    replacements = catalogue.accelerator(accelerator_type).replacements
    offered = [str(each) if on_sagemaker else str(each).replace("ml.", "") for each in replacements]
    if not on_sagemaker:
        # A component is SageMaker's; an instance of one's own shares its CPU by itself.
        offered = [words for words, each in zip(offered, replacements, strict=True) if each.cpus is None]
    *first, last = offered
    return (
        f"Take {', '.join(first)}, or {last}: `seatrial migrate` rewrites the file to the first. "
        "Or say acknowledge_retired: true to synthesize it for the laptop's AWS as of 2020."
    )
