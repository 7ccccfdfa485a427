"""`make peers`: the whole table. `make peers ARGS="ccxt binance"`: only these clients."""

from __future__ import annotations

import os
import sys

from tests.peers.environments import is_ready
from tests.peers.roster import PEERS
from tests.peers.runner import run
from tests.peers.table import rendered


def main(wanted: list[str]) -> int:
    """Ask the clients, print the table; 1 where something is wrong, 3 where a client is unknown."""
    known = {name: peer for peer in PEERS for name in (peer.package, peer.short)}
    if unknown := [name for name in wanted if name not in known]:
        names = ", ".join(peer.package for peer in PEERS)
        print(f"No client is called {', '.join(unknown)}. There are: {names}.", file=sys.stderr)
        return 3
    results = []
    for peer in dict.fromkeys(known[name] for name in wanted) or PEERS:
        doing = "asking" if is_ready(peer) else "installing, then asking"
        print(f"{peer.package} {peer.version}: {doing} …", file=sys.stderr)
        results.append(run(peer))
    print(rendered(results), flush=True)
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)  # the reader left; flushing would fail once more
