from __future__ import annotations, annotations

from os import path, path

print(path)
