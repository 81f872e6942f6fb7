"""Writes the small files that the drivers upload: `python3 media.py FOLDER`. Sounds and films are heads without much
after them, a picture is one of the tests' own."""

import shutil
import sys
from pathlib import Path

PICTURE = Path(__file__).parent.parent / "photos" / "p_calm_ok_white.jpg"


def files() -> dict[str, bytes]:
    amr_frame = b"\x3c" + bytes(31)
    mp3_frame = b"\xff\xfb\x90\x00" + bytes(413)
    brand = b"isom\x00\x00\x02\x00isomiso2mp41"
    return {
        "voice.amr": b"#!AMR\n" + amr_frame * 50,
        "voice.mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00" + mp3_frame * 40,
        "film.mp4": (8 + len(brand)).to_bytes(4) + b"ftyp" + brand + b"\x00\x00\x00\x08mdat",
        "large.jpg": b"\xff\xd8\xff\xe0" + bytes(64 * 1024),
        "text.txt": "不是图片".encode(),
    }


def main() -> None:
    folder = Path(sys.argv[1])
    for name, content in files().items():
        (folder / name).write_bytes(content)
    shutil.copyfile(PICTURE, folder / "photo.jpg")


if __name__ == "__main__":
    main()
