"""config.pbtxt as Triton's own protobuf message, to and from text.

The message is ``inference.ModelConfig`` of Triton's ``common/protobuf/model_config.proto``, as tritonclient
generates it. Importing it costs about 0.16 s, so it is imported when a function here is called.
"""

from typing import TYPE_CHECKING

from model_packaging.artifact.errors import ConfigPbtxtError

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig

__all__ = ["MAX_CONFIG_PBTXT_BYTES", "parse_config_pbtxt", "render_config_pbtxt"]

MAX_CONFIG_PBTXT_BYTES = 256 << 10
"""A longer file is refused before it is parsed; real ones are a few kilobytes."""


def parse_config_pbtxt(text: str, source: str = "config.pbtxt") -> "ModelConfig":
    """Return ``text`` as a ``ModelConfig``.

    Args:
        text: the content of a config.pbtxt.
        source: how errors name it.

    Raises:
        ConfigPbtxtError: it is no text of this message; line and column say where.
    """
    from google.protobuf import text_format  # noqa: PLC0415 - see the module's docstring
    from tritonclient.grpc.model_config_pb2 import ModelConfig  # noqa: PLC0415 - see the module's docstring

    if len(text) > MAX_CONFIG_PBTXT_BYTES:
        raise ConfigPbtxtError(
            source, 0, 0, f"{len(text)} characters, at most {MAX_CONFIG_PBTXT_BYTES} are read"
        )
    config = ModelConfig()
    try:
        text_format.Parse(text, config)
    except text_format.ParseError as error:
        line, column = error.GetLine() or 0, error.GetColumn() or 0
        reason = str(error).removeprefix(f"{line}:{column} : ")
        raise ConfigPbtxtError(source, line, column, " ".join(reason.split())) from None
    except (ValueError, OverflowError, RecursionError) as error:  # half a character, an enum beyond 64 bits
        raise ConfigPbtxtError(source, 0, 0, f"no readable text ({error})") from None
    return config


def render_config_pbtxt(config: "ModelConfig") -> str:
    """Return ``config`` as the text of a config.pbtxt; equal messages give equal text."""
    from google.protobuf import text_format  # noqa: PLC0415 - see the module's docstring

    return text_format.MessageToString(config)
