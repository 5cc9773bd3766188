"""Deployment files that were made to break whoever reads them, and words of what is wrong with each."""

from tests.preflight.hostile.hostile_files import Hostile

__all__ = ["DEPLOYMENTS"]

_MIB = 1 << 20


def _text(name: str, words: str, text: str | bytes) -> Hostile:
    content = text if isinstance(text, bytes) else text.encode()
    return Hostile(name, words, lambda path: path.write_bytes(content))


_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + each)}: &{chr(98 + each)} [{', '.join([f'*{chr(97 + each)}'] * 9)}]\n" for each in range(20)
)

DEPLOYMENTS = (
    _text("a billion laughs", "an anchor (&a) is set", _BOMB),
    _text("brackets without end", "more than 32 levels of nesting", "a: " + "[" * (_MIB // 2)),
    _text("braces without end", "more than 32 levels of nesting", "a: " + "{a: " * (_MIB // 5)),
    _text("dashes without end", "more than 32 levels of nesting", "- " * (_MIB // 2)),
    _text("a text of a megabyte", "characters are too many", "name: " + "x" * (_MIB - 10)),
    _text("a number of a megabyte", "a number of 1048566 characters", "name: " + "9" * (_MIB - 10)),
    _text("NUL", "the character U+0000 is not allowed in YAML", "name: a\0b\n"),
    _text("no UTF-8", "this is no text in UTF-8", b"name: \xff\xfe\n"),
    _text(
        "70,000 models",
        "more than 100000 values",
        "models:\n" + "".join(f" m{n}: {{}}\n" for n in range(70_000)),
    ),
    _text("one key 100,000 times", "stands here a second time", "models:\n" + " m: 1\n" * 100_000),
    _text("80,000 tags", "a tag (!t) is used", "".join(f"k{n}: !t 1\n" for n in range(80_000))),
    _text("6 MB", "the file has more than 1048576 bytes", "a: 1\n" * _MIB),
    _text("tabs without end", "a tab is used for indentation", "\t" * (_MIB - 5)),
)
"""Deployment files, each with words of what is wrong."""
