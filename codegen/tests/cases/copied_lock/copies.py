import asyncio
import copy
import pickle
from collections import defaultdict
from dataclasses import asdict, dataclass, field


class Client:
    def __init__(self, ready: asyncio.Event) -> None:
        self._ready = ready

    def again(self):
        return copy.deepcopy(self)


class Pool:
    def __init__(self) -> None:
        self.locks = defaultdict(asyncio.Lock)

    def __getstate__(self):
        return {}


@dataclass
class Entry:
    name: str
    queue: asyncio.Queue = field(default_factory=asyncio.Queue)


class Holder:
    def __init__(self, client: "Client | None") -> None:
        self.client = client


LOCK = asyncio.Lock()


def copies(entry: Entry, pool: Pool, holder: Holder, holders: list[Holder]):
    asdict(entry), copy.copy(LOCK), copy.deepcopy([entry, LOCK])
    pickle.dumps(holder), copy.deepcopy(holders)
    with open("x", "wb") as file:
        pickle.Pickler(file).dump(entry)
    return copy.deepcopy(pool)

# ---- refused ----
# 13:16: TW131 copied_lock: copy.deepcopy() copies source.Client._ready, and locks of threading cannot be copied
#   help: define __deepcopy__ in the class that holds it, which makes a new one, or set `tasks = "turns"`
# 39:5: TW131 copied_lock: dataclasses.asdict() copies source.Entry.queue, and locks of threading cannot be copied
#   help: take the values that you need one by one, or set `tasks = "turns"`
# 39:20: TW131 copied_lock: copy.copy() copies asyncio.Lock, and locks of threading cannot be copied
#   help: make a new one, or set `tasks = "turns"`
# 39:37: TW131 copied_lock: copy.deepcopy() copies asyncio.Lock, and locks of threading cannot be copied
#   help: make a new one, or set `tasks = "turns"`
# 40:5: TW131 copied_lock: pickle.dumps() copies source.Client._ready, and locks of threading cannot be copied
#   help: define __getstate__ in the class that holds it, which makes a new one, or set `tasks = "turns"`
# 40:27: TW131 copied_lock: copy.deepcopy() copies source.Client._ready, and locks of threading cannot be copied
#   help: define __deepcopy__ in the class that holds it, which makes a new one, or set `tasks = "turns"`
# 42:9: TW131 copied_lock: pickle.dump() copies source.Entry.queue, and locks of threading cannot be copied
#   help: define __getstate__ in the class that holds it, which makes a new one, or set `tasks = "turns"`
