"""What a Python program reads of JSON documents, written out so that no two values look alike."""

import json
import struct
import sys


def written(value) -> str:
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value.encode("utf-8", "surrogatepass").hex()};'
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            return f"#integer {value}"
        return number(float(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return "[" + "".join(map(written, value)) + "]"
    keys = sorted((key.encode("utf-8", "surrogatepass"), key) for key in value)
    return "{" + "".join(f"{encoded.hex()}:{written(value[key])}" for encoded, key in keys) + "}"


def number(value: float) -> str:
    # -0 is 0, as in the canonical form.
    return "#" + struct.pack(">d", value if value != 0 else 0.0).hex()


def main() -> None:
    while head := sys.stdin.buffer.read(4):
        document = sys.stdin.buffer.read(int.from_bytes(head, "big"))
        try:
            print(written(json.loads(document)))
        except (ValueError, RecursionError):
            print("no")


main()
