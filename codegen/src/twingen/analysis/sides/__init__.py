"""What belongs to one side only, from a file down to a parameter."""
