# SPDX-License-Identifier: MIT
"""Members that speak to the relay directly and seal nothing: many envelopes, cheaply, for what only concerns the relay."""

import hashlib
import os
import select
import socket
import ssl
import struct

JOIN, SEND, ACK, JOINED, RECEIVE, OUTCOME, REFUSED, PING, PONG, BYE = 0x10, 0x12, 0x13, 0x21, 0x22, 0x23, 0x27, 0x01, 0x02, 0x03
DELIVERED, STORED, OFFLINE, BAD_CAP, FULL, NO_SUCH = range(6)


def labelled(label, *parts):
    return hashlib.sha256(label.encode() + b"\0" + b"".join(parts)).digest()


class Lost(Exception):
    """The connection has ended."""


class Identity:
    """Everything that makes a member: the same names are the same member."""

    def __init__(self, group, name):
        self.name = name
        self.tag = hashlib.sha256(group.encode()).digest()
        self.token = hashlib.sha256(f"{group} {name}".encode()).digest()
        self.cap = hashlib.sha256(f"cap {name}".encode()).digest()[:16]
        self.handle = hashlib.sha256(f"handle {name}".encode()).digest()[:16]
        self.id = labelled("coterie member v1", self.tag, self.token)[:16]


class RawMember:
    def __init__(self, port, who, deadline):
        self.who = who
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["coterie/1"])
        self.buffer = b""
        self.kept = []           # frames that came before what was waited for
        self.socket = None
        try:
            self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), deadline))
            self.socket.settimeout(deadline)
            self.write(JOIN, b"\0" + who.tag + who.token + who.handle + labelled("coterie cap v1", who.cap)[:16] + os.urandom(16))
            self.until(JOINED)
        except (OSError, ssl.SSLError) as error:
            self.close()
            raise Lost(str(error)) from None
        except Lost:
            self.close()
            raise

    def close(self):
        if self.socket:
            self.socket.close()

    def write(self, kind, body):
        try:
            self.socket.sendall(struct.pack(">IB", len(body) + 1, kind) + body)
        except (OSError, ssl.SSLError) as error:
            raise Lost(str(error)) from None

    def send(self, message, recipients, body, keep=True):
        """`message`: 16 bytes; every recipient gets the same body."""
        rows = b"".join(to.id + to.cap + bytes(8) + struct.pack(">I", 0) + bytes(48) for to in recipients)
        self.write(SEND, message + bytes([keep]) + struct.pack(">H", len(recipients)) + rows + struct.pack(">I", len(body)) + body)

    def acknowledge(self, numbers):
        for at in range(0, len(numbers), 1024):
            some = numbers[at:at + 1024]
            self.write(ACK, struct.pack(">H", len(some)) + b"".join(struct.pack(">Q", number) for number in some))

    def frames(self, wait=None):
        """What has come; with `wait`, at least one frame unless that many seconds pass."""
        found = self.kept + list(self._cut())
        self.kept = []
        try:
            while True:
                if not self.socket.pending() and not select.select([self.socket], [], [], 0 if found or wait is None else wait)[0]:
                    return found
                piece = self.socket.recv(1 << 16)
                if not piece:
                    raise Lost("the relay closed")
                self.buffer += piece
                found += self._cut()
        except (OSError, ssl.SSLError) as error:
            if found:
                return found
            raise Lost(str(error)) from None

    def _cut(self):
        while len(self.buffer) >= 5:
            size = struct.unpack_from(">I", self.buffer)[0]
            if len(self.buffer) < 4 + size:
                return
            frame = self.buffer[4:4 + size]
            self.buffer = self.buffer[4 + size:]
            if frame[0] == PING:
                self.write(PONG, frame[1:])
            elif frame[0] == REFUSED:
                raise Lost(frame[3:].decode())
            else:
                yield frame[0], frame[1:]

    def until(self, kind):
        others = []
        while True:
            frames = self.frames(wait=self.socket.gettimeout())
            if not frames:
                raise Lost("it did not come")
            for at, (found, body) in enumerate(frames):
                if found == kind:
                    self.kept = others + frames[at + 1:]
                    return body
                others.append((found, body))

    @staticmethod
    def outcomes(body):
        message, count = body[:16], struct.unpack_from(">H", body, 16)[0]
        return [(message, body[18 + 17 * i:34 + 17 * i], body[34 + 17 * i]) for i in range(count)]

    @staticmethod
    def received(body):
        """(number, sender, message, body)"""
        number = struct.unpack_from(">Q", body)[0]
        return number, body[8:24], body[24:40], body[105:]
