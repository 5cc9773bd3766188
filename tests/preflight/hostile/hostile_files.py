"""Files that were made to break whoever reads them, and the rule that names each."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.preflight.bare.bare_repositories import archive, config, torchscript

__all__ = ["ARCHIVES", "Hostile"]

_MIB = 1 << 20
_LARGE = bytes(range(256)) * (33 * 4096)
"""So much that its file is read in one go, not held."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file.

    Attributes:
        name: what is hostile about it.
        rule: that has to find something; of a deployment file words of its problems.
        write: writes it to a path.
    """

    name: str
    rule: str
    write: Callable[[Path], object]


def _packed(name: str, rule: str, files: Callable[[], Mapping[str, bytes]]) -> Hostile:
    return Hostile(name, rule, lambda path: archive(path, files()))


def _configured(name: str, rule: str, text: Callable[[], bytes]) -> Hostile:
    return _packed(name, rule, lambda: {"m/config.pbtxt": text(), "m/1/model.pt": torchscript()})


def _torchscript(name: str, rule: str, content: Callable[[], bytes]) -> Hostile:
    return _packed(name, rule, lambda: {"m/config.pbtxt": config("m"), "m/1/model.pt": content()})


def _onnx(name: str, rule: str, content: Callable[[], bytes]) -> Hostile:
    text = config("m", "onnxruntime_onnx")
    return _packed(name, rule, lambda: {"m/config.pbtxt": text, "m/1/model.onnx": content()})


def _python(name: str, rule: str, text: bytes) -> Hostile:
    settings = config("m").replace(b'platform: "pytorch_libtorch"', b'backend: "python"')
    return _packed(name, rule, lambda: {"m/config.pbtxt": settings, "m/1/model.py": text})


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _nested_fields(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = _field(7, content)
    return content


def _zipped(records: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in records.items():
            packed.writestr(name, content)
    return file.getvalue()


def _record(name: bytes, content: bytes) -> bytes:
    """A stored record as torch writes it: its size stands behind it."""
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 0, 0, 0, 0, 0, 0, len(name), 0)
    return (
        header
        + name
        + content
        + struct.pack("<4s3L", b"PK\x07\x08", zlib.crc32(content), *[len(content)] * 2)
    )


def _growing_record(name: bytes, mib: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packing.compress(bytes(_MIB)) for _ in range(mib)) + packing.flush()
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, len(name), 0) + name + packed


def _bomb(path: Path) -> None:
    member = tarfile.TarInfo("m/1/model.pt")
    member.size = 20 << 30
    with gzip.open(path, "wb", 9) as packed:
        packed.write(member.tobuf())
        for _ in range(256):
            packed.write(bytes(_MIB))


def _many(lines: Iterable[str]) -> bytes:
    return ('platform: "pytorch_libtorch"\nmax_batch_size: 8\n' + "".join(lines)).encode()


def _ensembles(steps_of: Mapping[str, tuple[str, ...]]) -> Mapping[str, bytes]:
    """Return a repository of ensembles, by the models that each executes."""
    maps = 'input_map { key: "input" value: "input" } output_map { key: "OUTPUT__0" value: "OUTPUT__0" }'
    files = {}
    for name, models in steps_of.items():
        steps = "".join(f'step {{ model_name: "{each}" model_version: -1 {maps} }}' for each in models)
        files[f"{name}/config.pbtxt"] = config(name, "ensemble", f"ensemble_scheduling {{ {steps} }}")
        files[f"{name}/1/.keep"] = b""
    return files


def _pax(path: Path) -> None:
    """Write members with 7000 records before each."""
    records = b"9 a=bcde\n" * 7000
    before = tarfile.TarInfo("pax")
    before.type, before.size = tarfile.XHDTYPE, len(records)
    with gzip.open(path, "wb", 1) as packed:
        for number in range(1500):
            packed.write(before.tobuf() + records + bytes(-len(records) % tarfile.BLOCKSIZE))
            packed.write(tarfile.TarInfo(f"m/{number}").tobuf())


def _extra_fields(*, directory: bool) -> bytes:
    """A zip whose headers have 16,000 empty extra fields each, in its records or in its directory."""
    fields = struct.pack("<2H", 9, 0) * 16_000
    if not directory:
        header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, len(fields))
        return _record(b"m/0", _LARGE) + (header + b"a" + fields) * 400
    fixed = (b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 1, 1, 3, len(fields), 0, 0, 0, 0, 0)
    record = _record(b"m/0", b"x")
    entries = (struct.pack("<4s6H3L5H2L", *fixed) + b"m/0" + fields) * 400
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(entries), len(record), 0)
    return record + entries + end


def _step(number: int) -> str:
    maps = 'input_map { key: "a" value: "b" } output_map { key: "c" value: "d" }'
    return f'step {{ model_name: "b{number}" model_version: -1 {maps} }}\n'


ARCHIVES = (
    Hostile("no gzip", "SEA161", lambda path: path.write_bytes(b"\x00" * 1000)),
    Hostile("a gzip of nothing", "SEA161", lambda path: path.write_bytes(gzip.compress(b""))),
    Hostile("a gzip of something else", "SEA161", lambda path: path.write_bytes(gzip.compress(b"x" * 5000))),
    Hostile("a decompression bomb", "SEA163", _bomb),
    _packed("9000 models", "SEA163", lambda: {f"m{each}/config.pbtxt": config() for each in range(9000)}),
    _packed("9000 folders of nothing known", "SEA163", lambda: {f"m{each}/x": b"" for each in range(9000)}),
    Hostile("10 million pax records", "SEA161", _pax),
    _packed(
        "10 files of 300,000 fields",
        "SEA170",
        lambda: {
            "m/config.pbtxt": config("m", "onnxruntime_onnx"),
            **{f"m/{each}/model.onnx": _field(7, b"\x08\x01" * 300_000) for each in range(1, 11)},
        },
    ),
    _packed(
        "2^60 ways through ensembles",
        "SEA103",
        lambda: _ensembles(
            {f"l{n}_{side}": (f"l{n + 1}_a", f"l{n + 1}_b") for n in range(60) for side in "ab"}
        ),
    ),
    _packed(
        "500 ensembles in a circle",
        "SEA238",
        lambda: _ensembles({f"e{each}": (f"e{(each + 1) % 500}",) for each in range(500)}),
    ),
    _torchscript("extra fields of records", "SEA221", lambda: _extra_fields(directory=False)),
    _torchscript("extra fields of entries", "SEA221", lambda: _extra_fields(directory=True)),
    _packed("20,000 files", "SEA163", lambda: {f"m/{each}": b"" for each in range(20_000)}),
    _packed("a name of 100,000 characters", "SEA161", lambda: {"a" * 100_000: b""}),
    _packed("500 folders deep", "SEA163", lambda: {"/".join("a" * 500): b""}),
    _packed(
        "500 models that each break rules",
        "SEA104",
        lambda: {f"m{each}/config.pbtxt": config() for each in range(500)},
    ),
    _configured("100 MB of config.pbtxt", "SEA163", lambda: b"#" + b" " * (100 * _MIB)),
    _configured("4 MB of config.pbtxt", "SEA201", lambda: b"# comment, comment\n" * 200_000),
    _configured("100,000 braces", "SEA201", lambda: b"a{" * 100_000),
    _configured("100,000 inputs in inputs", "SEA201", lambda: b"input{" * 100_000),
    _configured("100,000 lists", "SEA201", lambda: b"input[" * 100_000),
    _configured("half a string", "SEA201", lambda: b'name: "' + b"x" * _MIB),
    _configured("no text", "SEA201", lambda: bytes(range(256)) * 1000),
    _configured("NUL", "SEA201", lambda: config("m") + b"\0"),
    _configured(
        "4000 inputs",
        "SEA205",
        lambda: _many(f'input {{ name: "a{each}" data_type: TYPE_FP32 dims: 1 }}\n' for each in range(4_000)),
    ),
    _configured(
        "4000 outputs of impossible size",
        "SEA207",
        lambda: _many(
            f'output {{ name: "a{each}" data_type: TYPE_FP32 dims: 0 }}\n' for each in range(4_000)
        ),
    ),
    _configured(
        "one input 4000 times",
        "SEA205",
        lambda: _many('input { name: "a" data_type: TYPE_FP32 dims: 1 }\n' for _ in range(4_000)),
    ),
    _configured(
        "12,000 of the largest size",
        "SEA171",
        lambda: config("m").replace(b"[ 4 ]", b"[" + b"9223372036854775807," * 12_000 + b"1]"),
    ),
    _configured("2^63", "SEA201", lambda: config("m").replace(b"[ 4 ]", b"[ 9223372036854775808 ]")),
    _configured(
        "5000 instance groups",
        "SEA502",
        lambda: config("m") + b"instance_group { kind: KIND_GPU gpus: [1,2,3] }\n" * 5_000,
    ),
    _configured(
        "2000 steps",
        "SEA205",
        lambda: (
            b'platform: "ensemble"\nensemble_scheduling {\n'
            + "".join(map(_step, range(2000))).encode()
            + b"}"
        ),
    ),
    _onnx("5000 messages deep", "SEA221", lambda: _nested_fields(5000)),
    _onnx("900,000 fields", "SEA221", lambda: _field(7, b"\x08\x01" * 900_000)),
    _onnx("a length beyond 64 bits", "SEA221", lambda: _varint(7 << 3 | 2) + b"\xff" * 9 + b"\x01"),
    _onnx("a length beyond the file", "SEA221", lambda: _varint(7 << 3 | 2) + _varint(1 << 40)),
    _onnx("a number without end", "SEA221", lambda: b"\xff" * 1000),
    _onnx("400,000 initializers", "SEA221", lambda: _field(7, _field(5, _field(8, b"w")) * 400_000)),
    _onnx(
        "9999 inputs",
        "SEA223",
        lambda: _field(7, _field(11, _field(1, b"a")) * 9999 + _field(12, _field(1, b"b"))),
    ),
    _torchscript(
        "a record that grows",
        "SEA170",
        lambda: _record(b"m/0", _LARGE) + _growing_record(b"m/code/x.py", 512),
    ),
    _torchscript(
        "150,000 records", "SEA221", lambda: _record(b"m/0", _LARGE) + _record(b"m/1", b"x") * 150_000
    ),
    _torchscript("descriptors of nothing", "SEA170", lambda: _record(b"m/0", b"PK\x07\x08" * (9 * _MIB))),
    _torchscript(
        "a pickle without end",
        "SEA170",
        lambda: _zipped({"m/data.pkl": b"\x80\x02" + b"N0" * (9 * _MIB), "m/code/x.py": b""}),
    ),
    _torchscript(
        "a million functions",
        "SEA168",
        lambda: _zipped(
            {
                "m/data.pkl": b"\x80\x02" + b"".join(b"cos\nf%d\n0" % each for each in range(10**6)) + b".",
                "m/code/x.py": b"",
            }
        ),
    ),
    _torchscript(
        "30 MB of source",
        "SEA221",
        lambda: _zipped(
            {
                "m/data.pkl": b"\x80\x02c__torch__\nM\nq\x00.",
                "m/code/__torch__.py": b"class M(Module):\n" + b"  def forward(self\n" * 1_600_000,
            }
        ),
    ),
    _python("200,000 parentheses", "SEA253", b"(" * 200_000),
    _python("200,000 signs", "SEA254", b"-" * 200_000 + b"1"),
    _python("60,000 statements", "SEA254", b"a=1\n" * 60_000),
    _python("a megabyte of Python", "SEA170", b"a=1\n" * 300_000),
)
"""Archives, each with the rule that has to find something."""
