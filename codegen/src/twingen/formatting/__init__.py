"""How twins are laid out: by black, or by the ruff of the project."""
