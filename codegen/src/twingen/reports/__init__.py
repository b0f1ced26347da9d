"""How findings and manuals are shown: as text, as a work list, for machines."""
