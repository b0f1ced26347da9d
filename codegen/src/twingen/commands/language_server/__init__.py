"""What an editor asks about sources and twins, in the Language Server Protocol."""
