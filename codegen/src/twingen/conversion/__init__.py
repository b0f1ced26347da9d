"""From a source to its twin: the rules are applied, and what they made is checked."""
