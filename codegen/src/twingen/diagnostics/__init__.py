"""What is told to people and programs: findings, codes, manuals, progress."""
