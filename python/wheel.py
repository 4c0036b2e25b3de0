"""Packs a wheel around a binary that is there already, where `maturin build` would compile one.

    python wheel.py ../target/dist/evotor dist

It has the same content, and a tag for this machine's system alone.
"""

import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def field(name):
    """A text of pyproject.toml."""
    return re.search(rf'^{name} = "(.*)"$', (HERE / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]


def requirements():
    """What the package needs, and what its extras need."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.compile(r"^(\w+) = (\[[^]]*\])$", re.MULTILINE)
    own, extras = text.split("[project.optional-dependencies]")
    needed = dict(listed.findall(own))["dependencies"]
    lines = [f"Requires-Dist: {one}" for one in re.findall(r'"([^"]+)"', needed)]
    for extra, needed in listed.findall(extras.split("[tool.")[0]):
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {one}; extra == '{extra}'" for one in re.findall(r'"([^"]+)"', needed)]
    return lines


def pack(binary, out):
    """Writes the wheel; its path."""
    version = subprocess.run([binary, "--version"], capture_output=True, check=True, encoding="utf-8").stdout.split()[-1]
    tag = "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())
    head = ["Metadata-Version: 2.1", "Name: evotor", f"Version: {version}", f"Summary: {field('description')}", f"License: {field('license')}"]
    head += [f"Requires-Python: {field('requires-python')}", *requirements(), "Description-Content-Type: text/markdown"]
    information = f"evotor-{version}.dist-info"
    name = "evotor.exe" if os.name == "nt" else "evotor"
    content = {f"evotor/{path.name}": path.read_bytes() for path in sorted((HERE / "src" / "evotor").glob("*.py"))}
    content[f"evotor-{version}.data/scripts/{name}"] = pathlib.Path(binary).read_bytes()
    content[f"{information}/METADATA"] = ("\n".join(head) + "\n\n").encode() + (HERE / "README.md").read_bytes()
    content[f"{information}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    record = []
    for path, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(data)}\n")
    content[f"{information}/RECORD"] = ("".join(record) + f"{information}/RECORD,,\n").encode()
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"evotor-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python wheel.py BINARY FOLDER")
    print(pack(sys.argv[1], sys.argv[2]))
