"""How far something is."""

import sys


class Bar:
    """A bar by tqdm where that is installed; else a line now and then on a terminal, and nothing elsewhere."""

    def __init__(self):
        try:
            from tqdm.auto import tqdm
        except ImportError:
            tqdm = None
        self._make = tqdm
        self._bar = None
        self._told = False

    def __call__(self, done, of, seconds, what):
        if self._make is not None:
            if self._bar is None:
                self._bar = self._make(total=of, leave=False)
            if done < self._bar.n or of != self._bar.total:
                self._bar.reset(total=of)
            self._bar.update(done - self._bar.n)
            self._bar.set_postfix_str(what)
        elif sys.stderr.isatty():
            self._told = True
            print(f"\r{100 * done // max(of, 1):3d} %  {what}\033[K", end="", file=sys.stderr)

    def close(self):
        """Takes it away."""
        if self._bar is not None:
            self._bar.close()
        if self._told:
            print("\r\033[K", end="", file=sys.stderr)
