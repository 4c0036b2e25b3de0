"""The program: where it is, and how it is asked."""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import sysconfig
import threading
import warnings


class EvotorError(Exception):
    """The program could not do what it was asked: its message, its exit `code`, and what it found wrong with a file (`findings`, each
    with `place`, `message`, `expected`, `notes` and `help`). `code` 2 is a fault of the input, 75 may pass when it is tried again."""

    def __init__(self, message, code, findings=()):
        super().__init__(message)
        self.code = code
        self.findings = list(findings)


class EvotorWarning(UserWarning):
    """A note or a warning of the program."""


@functools.cache
def program():
    """Path of the program: `$EVOTOR` if it is set, else the one that came with this package, else the one on the path."""
    chosen = os.environ.get("EVOTOR")
    if chosen:
        return chosen
    name = "evotor.exe" if os.name == "nt" else "evotor"
    own = [pathlib.Path(sysconfig.get_path("scripts")) / name]
    if hasattr(sysconfig, "get_preferred_scheme"):
        own.append(pathlib.Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))) / name)
    found = next((str(path) for path in own if path.is_file()), None) or shutil.which(name)
    if found is None:
        raise EvotorError("the program `evotor` is not there: install this package from its wheel, or set EVOTOR to its path", 127)
    return found


def version():
    """Version of the program."""
    return plain("--version").split()[-1]


def plain(*arguments):
    """What a command that takes no time prints."""
    done = subprocess.run([program(), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        raise EvotorError(done.stderr.strip() or f"evotor ended with {done.returncode}", done.returncode)
    _warn(done.stderr)
    return done.stdout


def flags(options):
    """Options as the command line takes them: `patients=20` is `--patients 20`, `surrogate=True` is `--surrogate`; what is a list is given
    several times, what is a dict as KEY=VALUE, and what is None or False not at all."""
    listed = []
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            listed.append(flag)
            continue
        if isinstance(value, dict):
            value = [f"{key}={one}" for key, one in value.items()]
        several = value if isinstance(value, (list, tuple, set, range)) else [value]
        for one in several:
            listed += [flag, str(one)]
    return listed


def ask(command, *arguments, progress=None, fails=True):
    """The document that a command prints in JSON. `progress` is called with `done`, `of`, `seconds` and `what` while it works. With
    `fails` an error in the document is raised."""
    line = [program(), command, *map(str, arguments), "--json", "--progress", "json"]
    # In a group of its own, so that Ctrl-C reaches it once, and from a notebook too.
    child = subprocess.Popen(
        line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=os.name == "posix"
    )
    said = []
    listener = threading.Thread(target=_listen, args=(child.stderr, said, progress), daemon=True)
    listener.start()
    try:
        printed = child.stdout.read()
        child.wait()
    except BaseException:
        _stop(child)
        raise
    finally:
        listener.join()
        child.stdout.close()
        child.stderr.close()
    return _document(child.returncode, printed, "\n".join(said), fails)


def _listen(stream, said, progress):
    for line in stream:
        line = line.rstrip("\n")
        if not line.startswith("{"):
            said.append(line)
        elif progress is not None:
            told = json.loads(line)
            progress(told["done"], told["of"], told["seconds"], told["what"])


def _stop(child):
    """Asks the program to write a checkpoint and stop, and waits for it. Not by SIGINT, which a program begun by nohup ignores."""
    child.terminate()
    child.stdout.read()
    child.wait()


def _document(code, printed, said, fails):
    try:
        found = json.loads(printed)
    except json.JSONDecodeError:
        raise EvotorError(said or f"evotor ended with {code} and said nothing", code) from None
    error = found["error"]
    if error is None:
        _warn(said)
    elif fails:
        raise EvotorError(error["message"], error["code"], error["findings"])
    return found


def _warn(said):
    if said.strip():
        warnings.warn(said.strip(), EvotorWarning, stacklevel=4)
