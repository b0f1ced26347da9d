import copy
from dataclasses import asdict, dataclass


@dataclass
class Settings:
    values: dict[str, int]


def again(settings: Settings, anything):
    return copy.deepcopy(settings), asdict(settings), copy.copy(anything)
