import asyncio
import copy
import pickle
from dataclasses import asdict, dataclass, replace


@dataclass
class Settings:
    name: str
    values: dict[str, int]


@dataclass
class Counter:
    name: str

    def __post_init__(self) -> None:
        self.lock = asyncio.Lock()

    def __deepcopy__(self, memo):
        return Counter(self.name)


class Shared:
    lock = asyncio.Lock()
    limit: "int" = 1


def copies(settings: Settings, counter: Counter, shared: Shared, anything):
    copy.copy(counter), copy.deepcopy(counter), replace(counter), asdict(counter)
    copy.deepcopy(settings), asdict(settings), pickle.dumps(settings)
    return copy.deepcopy(shared), copy.deepcopy(anything)

# ---- twin ----
import copy
import pickle
import threading
from dataclasses import asdict, dataclass, replace


@dataclass
class Settings:
    name: str
    values: dict[str, int]


@dataclass
class Counter:
    name: str

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def __deepcopy__(self, memo):
        return Counter(self.name)


class Shared:
    lock = threading.Lock()
    limit: "int" = 1


def copies(settings: Settings, counter: Counter, shared: Shared, anything):
    copy.copy(counter), copy.deepcopy(counter), replace(counter), asdict(counter)
    copy.deepcopy(settings), asdict(settings), pickle.dumps(settings)
    return copy.deepcopy(shared), copy.deepcopy(anything)
