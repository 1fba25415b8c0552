"""Answers one question for an address with 192.0.2.7, on a loopback of its own, while a command runs."""

import fcntl
import socket
import struct
import subprocess
import sys
import threading

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    SIOCSIFFLAGS, IFF_UP = 0x8914, 1
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))


def serve():
    while True:
        query, client = server.recvfrom(512)
        end = query.index(b"\0", 12) + 5
        (kind,) = struct.unpack(">H", query[end - 4 : end - 2])
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 7])
        found = answer if kind == 1 else b""
        counts = struct.pack(">HHHH", 1, 1 if found else 0, 0, 0)
        server.sendto(query[:2] + b"\x81\x80" + counts + query[12:end] + found, client)


threading.Thread(target=serve, daemon=True).start()
sys.exit(subprocess.call(sys.argv[1:]))
