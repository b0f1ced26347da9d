"""Names: what they are bound to, in a module and in its project."""
