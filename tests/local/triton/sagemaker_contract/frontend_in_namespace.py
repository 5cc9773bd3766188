"""Asks Triton's own SageMaker frontend and its KServe endpoint the same, inside a network namespace.

The frontend listens on every address, so it runs where the machine's network isn't: start this with
``unshare --map-root-user --net``. Reads ``{"command": [...], "environment": {...}, "ports": [...],
"requests": [[port, method, path, headers, body], ...]}`` on standard input, the body in base64, and writes
the answers as JSON on standard output.
"""

import base64
import fcntl
import http.client
import json
import socket
import struct
import subprocess
import sys
import time
from typing import Any

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # linux/sockios.h, linux/if.h
START_SECONDS = 60.0


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def ask(port: int, method: str, path: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, base64.b64decode(body), headers)
        response = connection.getresponse()
        answer = base64.b64encode(response.read()).decode()
        return {"status": response.status, "headers": dict(response.getheaders()), "body": answer}
    finally:
        connection.close()


def wait_ready(server: "subprocess.Popen[bytes]", ports: list[int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    for port, path in zip(ports, ("/ping", "/v2/health/ready"), strict=True):
        while True:
            try:
                if ask(port, "GET", path, {}, "")["status"] == 200:
                    break
            except OSError:
                pass
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("Triton with its SageMaker frontend did not become ready")
            time.sleep(0.05)


def main() -> None:
    asked = json.load(sys.stdin)
    bring_loopback_up()
    with subprocess.Popen(
        asked["command"], env=asked["environment"], stdout=sys.stderr, stderr=sys.stderr
    ) as server:
        try:
            wait_ready(server, asked["ports"])
            json.dump([ask(*request) for request in asked["requests"]], sys.stdout)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
