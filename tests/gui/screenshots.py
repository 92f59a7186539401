#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pictures of the real window for the README, with a relay and members of flesh and bytes behind them."""

import pathlib
import struct
import subprocess
import sys
import time
import zlib

import desk
import harness

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "assets" / "screenshots"


def landscape(path, width=600, height=400):
    """A picture to send: hills under an evening sky, drawn here."""
    import math
    rows = []
    for y in range(height):
        row = bytearray([0])
        for x in range(width):
            sky = y / height
            colour = (240 - 90 * sky, 170 - 40 * sky, 120 + 70 * sky)
            for depth, (base, rough, shade) in enumerate(((0.55, 60, (110, 120, 150)), (0.68, 45, (70, 95, 110)), (0.8, 30, (35, 70, 70)))):
                if y > height * base + rough * math.sin(x / (50 - 9 * depth) + 2 * depth) * math.sin(x / 131 + depth):
                    colour = shade
            row += bytes(int(c) for c in colour)
        rows.append(bytes(row))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b""))


def take(screen, window, name):
    """The window alone, once it has stopped moving."""
    time.sleep(1.2)
    window.front()
    subprocess.run(["import", "-window", window.handle(), "-strip", str(OUT / name)], env=screen.environment, check=True)
    print(f"  {OUT / name}")


def conversation(room, window, user, lines):
    """Others come and talk; each entry is who says what."""
    others = {}
    for who, text in lines:
        if who == user:
            window.say(text)
            window.await_message(text[:20])
            continue
        if who not in others:
            others[who] = room.member(who).chat()
        others[who].type(text)
        window.await_text(text[:20]) if text.startswith("/") is False else None
        time.sleep(0.2)
    return others


ENGLISH = [
    ("bob", "Saturday looks dry. Shall we try the north ridge?"),
    ("carol", "Yes! I can bring the long rope and two sets of nuts."),
    ("alice", "Great. I have the route description, sending it in a minute."),
    ("bob", "Last time we were too late for the sun on the summit. Six o'clock at the station? https://example.org/timetable"),
    ("carol", "Six is early 😅 but fine"),
    ("alice", "Six it is. I will make coffee for everyone ☕"),
]
PERSIAN = [
    ("رضا", "سلام به همه! شنبه هوا آفتابی است. برویم قلهٔ شمالی؟"),
    ("مینا", "بله! من طناب بلند و دو دست ابزار می‌آورم."),
    ("سارا", "عالی است. نقشهٔ مسیر route.gpx را همین حالا می‌فرستم."),
    ("رضا", "ساعت ۶ صبح جلوی ایستگاه؟"),
    ("مینا", "زود است 😅 ولی باشد"),
    ("سارا", "پس قرارمان ساعت ۶. قهوه با من ☕"),
]


def main_window(theme, name, transfers=False):
    screen = desk.Desk(size="1120x760", theme=theme)
    room = harness.Room()
    window = desk.Window(screen, room.folder / "home-alice")
    try:
        if not transfers and theme == "Adwaita":
            take(screen, window, "first-run.png")
        window.join(room.relay.address, "alice", "climbing", room.password)
        window.joined()
        others = conversation(room, window, "alice", ENGLISH)
        picture = room.folder / "ridge.png"
        landscape(picture)
        others["bob"].type(f"/send {picture}")
        window.await_text("ridge.png")
        window.press("Accept")
        window.await_text("has been saved and verified")
        window.press(lambda text: text in ("Dismiss", "✕"))
        if transfers:
            big = room.file("summit-film.mp4", 60_000_000)
            slow = room.proxy(bytes_per_second=4_000_000)
            carol = harness.Member(room, "dora", relay=slow.address).chat()
            window.await_text("3 here")
            carol.type(f"/send {big} alice")
            window.await_text("summit-film.mp4")
            window.press("Accept")
            others["bob"].type(f"/send {room.file('route.gpx', 48_200)} alice")
            window.await_text("route.gpx")
            time.sleep(5)
        else:
            # What has been said is the subject, and takes the room.
            window.press("Clear Finished")
        take(screen, window, name)
    finally:
        window.close()
        room.close()
        screen.close()


def persian():
    screen = desk.Desk(size="1120x760")
    room = harness.Room()
    home = room.folder / "home-sara"
    (home / ".config" / "coterie").mkdir(parents=True)
    (home / ".config" / "coterie" / "coterie.conf").write_text("language=fa\n")
    window = desk.Window(screen, home)
    try:
        window.press(lambda text: "ساختن" in text)
        window.write("نشانی رله", "127.0.0.1")
        window.find("spin button").queryValue().currentValue = float(room.relay.port)
        window.write("شناسهٔ کاربر (آنچه دیگران می‌بینند)", "سارا")
        window.write("نام گروه", "کوهنوردی")
        window.password(room.password)
        window.press("اتصال")
        window.press(lambda text: "یکی‌اند" in text)
        window.joined()
        for who, text in PERSIAN:
            if who == "سارا":
                window.composer().queryEditableText().setTextContents(text)
                window.press("فرستادن")
                window.await_message(text[:12])
                continue
            if not any(process.name == who for process in room.processes):
                room.member(who, group="کوهنوردی").chat()
            next(process for process in room.processes if process.name == who).type(text)
            window.await_message(text[:12])
        take(screen, window, "persian.png")
    finally:
        window.close()
        room.close()
        screen.close()


def main():
    if "--build" in sys.argv:
        harness.use_build(sys.argv[sys.argv.index("--build") + 1])
    missing = desk.what_is_missing()
    if missing:
        sys.exit("No pictures, for want of " + ", ".join(missing))
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = {
        "main": lambda: main_window("Adwaita", "main-window.png"),
        "dark": lambda: main_window("Adwaita:dark", "dark.png"),
        "transfers": lambda: main_window("Adwaita", "transfers.png", transfers=True),
        "persian": persian,
    }
    if sys.argv[-1] in pictures:
        return pictures[sys.argv[-1]]()
    # A process speaks to one accessibility bus, and each picture has a screen with one of its own.
    for name in pictures:
        subprocess.run([sys.executable, *sys.argv, name], check=True)


if __name__ == "__main__":
    main()
