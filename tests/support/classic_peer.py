# SPDX-License-Identifier: MIT
"""A small client and server of their own that speak the wire of the educational prototype (docs/protocol.md S13), on Python's
standard library alone. They share nothing with Coterie but that description."""

import base64
import hashlib
import os
import socket
import sys
import threading

BEACON = "GROUP_BEACON:"
EVERYONE = "BROADCAST"


def key_of(password):
    return hashlib.sha256(password.encode()).digest()


def xor(data, key, offset=0):
    turned = key[offset % 32:] + key[:offset % 32]
    stream = (turned * (len(data) // 32 + 1))[:len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


def seal(text, key):
    return base64.b64encode(xor(text.encode(), key))


def unseal(body, key):
    return xor(base64.b64decode(body, validate=True), key).decode()


class Stream:
    """Lines and bodies of one connection."""

    def __init__(self, connection):
        self.connection = connection
        self._read = connection.makefile("rb")
        self._lock = threading.Lock()
        self.begun = False   # a body was announced

    def line(self):
        """The next line without its end; None at the end of the stream."""
        raw = self._read.readline()
        return raw[:-1].decode() if raw.endswith(b"\n") else None

    def body(self, size):
        self.begun = size > 0
        data = self._read.read(size)
        if len(data) < size:
            raise ConnectionError("a body was cut off")
        return data

    def write(self, *parts):
        with self._lock:
            self.connection.sendall(b"".join(part.encode() if isinstance(part, str) else part for part in parts))

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()
        try:
            self._read.close()
        except (OSError, ValueError, RuntimeError):
            pass


class Client:
    """A member. What comes is kept in lists; `await_` waits for it."""

    def __init__(self, port, user, password, host="127.0.0.1"):
        self.user, self.key = user, key_of(password)
        self.online, self.members, self.texts, self.files, self.unreadable = set(), set(), [], [], []
        self.lists = []      # each answer about who is here
        self.ended = False
        self._changed = threading.Condition()
        self.stream = Stream(socket.create_connection((host, port), timeout=60))
        self.stream.write(f"LOGIN {user}\n")
        answer = self.stream.line()
        if answer != "OK":
            self.stream.close()
            raise PermissionError(answer)
        self.stream.write(f"GROUP {self.key.hex()}\n")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            while (line := self.stream.line()) is not None:
                self._take(line)
        except (OSError, ValueError):
            pass
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, line):
        word, _, rest = line.partition(" ")
        body = b""
        if word in ("SEND_MSG", "SEND"):
            body = self.stream.body(int(rest.split()[-1]))
        with self._changed:
            if word == "ONLINE_LIST":
                self.online = set(rest.split())
                self.lists.append(self.online)
            elif word == "NEW":
                self.online.add(rest)
            elif word == "LEFT":
                self.online.discard(rest)
                self.members.discard(rest)
            elif word == "SEND_MSG":
                self._take_text(rest.split()[0], body)
            elif word == "SEND":
                sender, name, _ = rest.split()
                self.files.append((sender, unseal(name, self.key), xor(body, self.key)))
            self._changed.notify_all()
        if word in ("ONLINE_LIST", "NEW"):
            self.say(BEACON + self.user)

    def _take_text(self, sender, body):
        try:
            text = unseal(body, self.key)
        except (ValueError, UnicodeDecodeError):
            self.unreadable.append((sender, body))
            return
        if text.startswith(BEACON):
            self.members.add(text[len(BEACON):])
        else:
            self.texts.append((sender, text))

    def await_(self, condition, what, seconds=60):
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), seconds):
                raise AssertionError(f"{self.user} waited in vain for {what}; texts {self.texts}, online {self.online}, "
                                     f"members {self.members}, ended {self.ended}")

    def say(self, text, to=EVERYONE):
        body = seal(text, self.key)
        self.stream.write(f"SEND_MSG {to} {len(body)}\n", body)

    def send_file(self, to, name, data):
        self.stream.write(f"SEND {to} {seal(name, self.key).decode()} {len(data)}\n", xor(data, self.key))

    def ask_online(self):
        self.stream.write("GET_ONLINE_USERS ALL\n")

    def close(self):
        self.stream.close()


class Server:
    """A relay of the prototype's kind: one thread for each client, a whole body in memory before it goes on."""

    def __init__(self):
        self._lock = threading.Lock()
        self._users = {}     # user id → (stream, group)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(Stream(connection),), daemon=True).start()

    def _serve(self, stream):
        user = None
        try:
            word, _, wanted = (stream.line() or "").partition(" ")
            with self._lock:
                if word != "LOGIN" or not wanted or wanted in self._users:
                    stream.write("ERROR User ID already taken\n")
                    return
                user = wanted
                self._users[user] = (stream, None)
            stream.write("OK\n")
            while (line := stream.line()) is not None:
                self._take(user, stream, line)
        except (OSError, ValueError):
            pass
        finally:
            self._forget(user)
            stream.close()

    def _take(self, user, stream, line):
        parts = line.split()
        if len(parts) < 2:
            return
        if parts[0] == "GROUP":
            with self._lock:
                self._users[user] = (stream, parts[1])
            stream.write(f"ONLINE_LIST {' '.join(self._others(user))}\n")
            self._tell_others(user, f"NEW {user}\n")
        elif parts[0] == "GET_ONLINE_USERS":
            stream.write(f"ONLINE_LIST {' '.join(self._others(user))}\n")
        elif parts[0] == "SEND_MSG" and len(parts) == 3:
            body = stream.body(int(parts[2]))
            for target in self._others(user) if parts[1] == EVERYONE else [parts[1]]:
                self._pass_on(target, f"SEND_MSG {user} {parts[2]}\n", body)
        elif parts[0] == "SEND" and len(parts) == 4:
            self._pass_on(parts[1], f"SEND {user} {parts[2]} {parts[3]}\n", stream.body(int(parts[3])))

    def _others(self, user):
        with self._lock:
            group = self._users[user][1]
            return [name for name, (_, theirs) in self._users.items() if name != user and theirs == group and group]

    def _tell_others(self, user, line):
        for name in self._others(user):
            self._pass_on(name, line)

    def _pass_on(self, target, *parts):
        with self._lock:
            stream = self._users.get(target, (None, None))[0]
        if stream:
            try:
                stream.write(*parts)
            except OSError:
                pass

    def _forget(self, user):
        if user is None:
            return
        try:
            self._tell_others(user, f"LEFT {user}\n")
        finally:
            with self._lock:
                self._users.pop(user, None)

    def close(self):
        self._listener.close()
        with self._lock:
            streams = [stream for stream, _ in self._users.values()]
        for stream in streams:
            stream.close()


def serve():
    """The server alone, for measurements: prints its port and serves until a signal ends it."""
    server = Server()
    print(server.port, flush=True)
    threading.Event().wait()


def main():
    """A client for the demo: a line of input goes to everyone, "/send USER PATH" sends a file; what happens is printed."""
    if sys.argv[1:] == ["serve"]:
        return serve()
    port, user = int(sys.argv[1]), sys.argv[2]
    client = Client(port, user, os.environ["COTERIE_PASSWORD"])

    def report():
        seen, members = 0, set()
        while not client.ended:
            client.await_(lambda c: c.ended or len(c.texts) + len(c.files) > seen or c.members != members, "news", 3600)
            for name in client.members - members:
                print(f"{name} is a member", flush=True)
            for name in members - client.members:
                print(f"{name} has left", flush=True)
            members = set(client.members)
            for sender, text in client.texts:
                print(f"{sender}: {text}", flush=True)
            for sender, name, data in client.files:
                print(f"{sender} sent the file {name}, SHA-256 {hashlib.sha256(data).hexdigest()}", flush=True)
            client.texts.clear()
            client.files.clear()

    threading.Thread(target=report, daemon=True).start()
    for line in sys.stdin:
        words = line.rstrip("\n").split(" ", 2)
        if words[0] == "/send" and len(words) == 3:
            with open(words[2], "rb") as file:
                client.send_file(words[1], os.path.basename(words[2]), file.read())
        else:
            client.say(line.rstrip("\n"))
    client.close()


if __name__ == "__main__":
    main()
