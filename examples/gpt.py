"""OpenAI GPT of transformers: token ids in, one vector for each token out."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

from examples.torchvision_operators import declare_operators

__all__ = ["OpenaiGpt", "openai_gpt"]

VOCABULARY = 40478
POSITIONS = 512
TOKENS = 7


class OpenaiGpt(nn.Module):
    """The transformer of "Improving Language Understanding by Generative Pre-Training" (Radford et al.).

    Args:
        network: transformers' model; it returns a tuple or an object, a served model returns tensors.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Encode tokens.

        Args:
            input_ids: ``[batch, tokens]``, int64, each from 0 to 40,477.

        Returns:
            ``[batch, tokens, width]``, float32, the last layer's states.
        """
        states: torch.Tensor = self.network(input_ids, return_dict=False)[0]
        return states


def openai_gpt(
    random_seed: int | None = None,
    *,
    layers: int = 12,
    heads: int = 12,
    width: int = 768,
    weights: str | None = None,
) -> tuple[OpenaiGpt, Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]]:
    """Return the model and its samples: seven random tokens, as many as the post's sentence has.

    The defaults are the published architecture: 116,534,784 parameters, 466 MB.

    Args:
        random_seed: draws the weights where none are named.
        layers: transformer blocks.
        heads: attention heads of each.
        width: of each token's vector; a multiple of ``heads``.
        weights: a name on the Hugging Face hub, such as ``openai-community/openai-gpt``; downloading them
            takes a network, and the architecture is theirs. Default: none, the weights are random.
    """
    declare_operators()  # transformers imports torchvision where there is one
    from transformers import OpenAIGPTConfig, OpenAIGPTModel  # noqa: PLC0415 - a second and a half

    if weights is not None:
        return OpenaiGpt(OpenAIGPTModel.from_pretrained(weights)).eval(), _sample
    config = OpenAIGPTConfig(
        vocab_size=VOCABULARY, n_positions=POSITIONS, n_layer=layers, n_head=heads, n_embd=width
    )
    with torch.random.fork_rng(devices=[]):
        if random_seed is not None:
            torch.manual_seed(random_seed)
        network = OpenAIGPTModel(config)
    return OpenaiGpt(network).eval(), _sample


def _sample(batch: int, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
    return {"input_ids": torch.randint(0, VOCABULARY, (batch, TOKENS), generator=generator)}
