"""From a line of a twin to the line that it was made from, and back."""
