"""What a model may come from: each kind of source lays out the folder that is packed."""

from model_packaging.sources.laid_out import LaidOut, SourceTask
from model_packaging.sources.lay_out import lay_out

__all__ = ["LaidOut", "SourceTask", "lay_out"]
