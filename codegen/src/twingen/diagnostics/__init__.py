"""The output for people and programs: findings, codes, manuals, progress."""
